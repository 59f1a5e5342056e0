package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Commands write tables in the format that the name of the file says. */
class OutputFormatsTest {
    private static final String QUIET = "--device reference --model";

    @TempDir Path folder;
    private Path data = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void train() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder text = new StringBuilder("size,hue,count\n");
        for (int r = 0; r < 40; r++) {
            text.append(random.nextInt(1000) / 100.0).append(',');
            text.append(List.of("red", "blue").get(random.nextInt(2))).append(',');
            text.append(random.nextInt(4)).append('\n');
        }
        data = Files.writeString(folder.resolve("data.csv"), text);
        model = folder.resolve("m.sluice");
        succeed("train --device reference --structure factorized --data", data, "--out", model);
    }

    private static Cli.Result succeed(Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "tsv", "csv.gz", "jsonl", "jsonl.gz"})
    void drawn_and_completed_tables_are_read_again_whatever_their_format(String ending)
            throws IOException {
        Path drawn = folder.resolve("drawn." + ending);
        succeed("sample --count 7", QUIET, model, "--out", drawn);
        Path scores = folder.resolve("scores.csv");
        succeed("score", QUIET, model, "--data", drawn, "--out", scores);
        assertEquals(8, Files.readAllLines(scores).size());
        Path filled = folder.resolve("filled." + ending);
        succeed("impute", QUIET, model, "--data", drawn, "--out", filled);
        succeed("score", QUIET, model, "--data", filled, "--out", scores);
        assertEquals(8, Files.readAllLines(scores).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample --count 3", "impute --data"})
    void an_unknown_ending_is_refused_with_the_possible_ones(String line) throws IOException {
        Path out = folder.resolve("out.xlsx");
        Object[] arguments =
                line.endsWith("--data")
                        ? new Object[] {line, data, QUIET, model, "--out", out}
                        : new Object[] {line, QUIET, model, "--out", out};
        String message = Cli.run(arguments).failure(2);
        assertTrue(message.contains(".csv, .tsv, .csv.gz, .tsv.gz, .jsonl"), message);
        assertFalse(Files.exists(out));
    }

    @Test
    void an_array_of_numbers_is_refused_for_a_column_of_texts() {
        Path out = folder.resolve("out.npy");
        String message = Cli.run("sample --count 3", QUIET, model, "--out", out).failure(1);
        assertTrue(message.contains("'hue'"), message);
        assertFalse(Files.exists(out));
    }

    @Test
    void a_result_never_replaces_its_data_not_even_through_a_link() throws IOException {
        String before = Files.readString(data);
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), data);
        Path hard = Files.createLink(folder.resolve("hard.csv"), data);
        for (Path out : List.of(data, link, hard)) {
            Cli.run("impute", QUIET, model, "--data", data, "--out", out).failure(2);
            Cli.run("sample --count 1", QUIET, model, "--evidence", data, "--out", out).failure(2);
            assertEquals(before, Files.readString(data));
        }
    }

    @Test
    void standard_input_cannot_be_two_parts_of_the_data() {
        Path out = folder.resolve("n.sluice");
        String message =
                Cli.run("train --device reference --data - --test - --out", out).failure(2);
        assertTrue(message.contains("standard input is given for two parts"), message);
    }

    @Test
    void missing_and_extra_columns_are_said_in_one_line_and_the_extra_ones_kept()
            throws IOException {
        Path other =
                Files.writeString(folder.resolve("o.csv"), "note,hue,size\nn 1,,1.50\nn2,red,\n");
        Path out = folder.resolve("out.csv");
        Cli.Result result = succeed("impute", QUIET, model, "--data", other, "--out", out);
        List<String> lines = Files.readAllLines(out);
        assertEquals("note,hue,size", lines.get(0));
        assertTrue(lines.get(1).matches("n 1,(red|blue),1\\.50"), lines.get(1));
        assertTrue(lines.get(2).matches("n2,red,[0-9.]+"), lines.get(2));
        List<String> said =
                result.err()
                        .lines()
                        .filter(line -> line.contains("lacks the column count"))
                        .toList();
        assertEquals(1, said.size(), result.err());
        assertTrue(said.get(0).contains("has the column note besides"), said.get(0));
        assertFalse(said.get(0).contains("\n"));
    }
}
