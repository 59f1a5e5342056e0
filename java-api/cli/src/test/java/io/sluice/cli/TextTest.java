package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class TextTest {
    @TempDir Path folder;
    private Path text = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void write_a_text() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "abab cd abab cd\n".repeat(40));
        model = folder.resolve("m.sluice");
    }

    private Cli.Result train(Object... more) {
        Object[] always = {
            "train",
            "--device",
            "reference",
            "--structure",
            "hmm",
            "--latents",
            4,
            "--epochs",
            2,
            "--data",
            text,
            "--test",
            text,
            "--out",
            model
        };
        return Cli.run(Stream.concat(Stream.of(always), Stream.of(more)).toArray());
    }

    @Test
    void characters_are_judged_in_bits_per_character() {
        JsonNode report = train("--tokens", "char", "--length", 8, "--json").json();
        double bits = report.get("test_bits_per_character").asDouble();
        assertEquals(
                -report.get("test_log_likelihood").asDouble() / (8 * Math.log(2)), bits, 1e-12);
        assertEquals(Math.pow(2, bits), report.get("test_perplexity").asDouble(), 1e-9);
        assertNull(report.get("test_bits_per_token"));

        JsonNode again =
                Cli.run(
                                "evaluate",
                                "--model",
                                model,
                                "--data",
                                text,
                                "--tokens",
                                "char",
                                "--device",
                                "reference",
                                "--json")
                        .json();
        assertEquals(bits, again.get("bits_per_character").asDouble(), 1e-6);
    }

    @Test
    void words_are_judged_by_their_perplexity() {
        JsonNode report = train("--tokens", "word", "--length", 5, "--json").json();
        double nats = report.get("test_log_likelihood").asDouble() / 5;
        assertEquals(Math.exp(-nats), report.get("test_perplexity").asDouble(), 1e-9);
        assertTrue(report.get("test_perplexity").asDouble() < 3); // three kinds of tokens
        assertEquals(-nats / Math.log(2), report.get("test_bits_per_token").asDouble(), 1e-12);
        Cli.Result forPeople = train("--tokens", "word", "--length", 5);
        assertTrue(forPeople.out().contains("perplexity"), forPeople.out());
    }

    @Test
    void what_is_no_text_has_no_perplexity() throws IOException {
        Path table = CliFixtures.table(folder.resolve("t.csv"), 30, 1);
        JsonNode report =
                Cli.run(
                                "train",
                                "--device",
                                "reference",
                                "--structure",
                                "factorized",
                                "--data",
                                table,
                                "--test",
                                table,
                                "--out",
                                model,
                                "--json")
                        .json();
        assertNull(report.get("test_perplexity"));
    }
}
