package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Bad inputs and what the command says about them, which {@code bad-inputs.txt} lists: exit code
 * and command line, and the message below. A word that begins with @ is a file in the test's
 * folder.
 */
class BadInputTest {
    private static final String LIST = "bad-inputs.txt";
    private static final int LEAST = 60;

    @TempDir static Path folder;

    /** A bad input. */
    record Case(int code, String line, String message) {
        @Override
        public String toString() {
            return line;
        }
    }

    static List<Case> cases() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(BadInputTest.class.getResourceAsStream(LIST))) {
            List<String> lines =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            return IntStream.range(0, lines.size() / 2)
                    .mapToObj(i -> of(lines.get(2 * i), lines.get(2 * i + 1)))
                    .toList();
        }
    }

    private static Case of(String line, String message) {
        return new Case(line.charAt(0) - '0', line.substring(2), message.strip());
    }

    @BeforeAll
    static void write_files() throws IOException {
        CliFixtures.table(folder.resolve("t.csv"), 30, 1);
        CliFixtures.mixedModel(folder.resolve("mixed.sluice"));
        text("others.csv", "u,v\n1,2\n2,3\n");
        text("empty.csv", "");
        text("newlines.csv", "\n\n\n");
        text("header.csv", "a,b\n");
        text("ragged.csv", "a,b\n1,2\n3\n");
        text("blank.csv", "a,b\n,\n,\n,\n");
        text("quote.csv", "a,b\n\"1,2\n3,4\n");
        text("one.csv", "a,b\n1,2\n");
        text("nul.csv", "a,b\n1,\0002\n3,4\n");
        text("part.npy", "a,b\n1,2\n");
        text("bad.jsonl", "{\"a\":1}\n[1,2]\n");
        text("half.json", "{\"name\":");
        text("other.json", "{\"a\":1}");
        text("nonsense.sluice", "nonsense");
        byte[] binary = new byte[3000];
        new Random(1).nextBytes(binary);
        Files.write(folder.resolve("binary.csv"), binary);
        Files.write(folder.resolve("bad.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 'n', 'o'});
        byte[] model = Files.readAllBytes(folder.resolve("mixed.sluice"));
        Files.write(folder.resolve("cut.sluice"), Arrays.copyOf(model, model.length / 2));
        Files.createDirectory(folder.resolve("dir"));
    }

    private static void text(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private static Object[] words(String line) {
        return Stream.of(line.split(" ", -1))
                .map(word -> word.replace("@", folder + "/"))
                .map(Path::of) // one word each
                .toArray();
    }

    private static Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (String name : Cli.names(folder)) {
            Path file = folder.resolve(name);
            boolean isFile = Files.isRegularFile(file);
            contents.put(
                    name, isFile ? Arrays.hashCode(Files.readAllBytes(file)) + "" : "a folder");
        }
        return contents;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_bad_input_gets_one_line_and_changes_nothing(Case bad) throws IOException {
        Map<String, String> before = contents();
        Cli.Result result = Cli.run(words(bad.line()));
        assertEquals(
                bad.message(), result.failure(bad.code()).replace(folder + "/", ""), result.err());
        assertEquals(before, contents());
        assertEquals("", result.out());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void the_message_is_an_object_for_scripts(Case bad) {
        Cli.Result result = Cli.run(words(bad.line() + " --json"));
        JsonNode report = JsonMapper.shared().readTree(result.out());
        assertEquals(bad.message(), report.get("error").asString().replace(folder + "/", ""));
        assertEquals(bad.code(), report.get("exit_code").asInt());
    }

    @Test
    void many_are_listed_and_each_message_has_a_remedy() throws IOException {
        assertTrue(cases().size() >= LEAST, cases().size() + " cases");
        for (Case bad : cases()) {
            assertTrue(bad.message().matches(".{10,}: .{5,}"), bad.message());
            assertTrue(bad.message().length() < 300, bad.message());
        }
    }
}
