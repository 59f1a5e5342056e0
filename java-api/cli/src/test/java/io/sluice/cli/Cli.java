package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs the command inside this JVM. */
final class Cli {
    private Cli() {}

    /** What a run left behind. */
    record Result(int code, String out, String err) {

        /** The report of a run with {@code --json}, which is all that stdout holds. */
        JsonNode json() {
            assertEquals(Main.SUCCESS, code, err);
            assertTrue(out.endsWith("}\n") && out.indexOf('\n') == out.length() - 1, out);
            return JsonMapper.shared().readTree(out);
        }

        /** Checks a failed run, and returns its message. */
        String failure(int expected) {
            assertEquals(expected, code, err);
            assertTrue(out.isEmpty() || out.startsWith("{\"error\":"), out);
            List<String> lines = err.lines().filter(line -> line.startsWith("sluice: ")).toList();
            assertEquals(1, lines.size(), err);
            assertTrue(err.endsWith(lines.get(0) + "\n"), err);
            String message = lines.get(0).substring("sluice: ".length());
            assertTrue(message.contains(": "), "no remedy: " + message);
            assertFalse(message.contains("internal error"), message);
            return message;
        }
    }

    /**
     * Runs a command line.
     *
     * @param arguments texts, which are cut at blanks, and anything else, which is one argument; an
     *     array stands for its elements
     */
    static Result run(Object... arguments) {
        return run(new StopRequest(), arguments);
    }

    static Result run(StopRequest stop, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, false, StandardCharsets.UTF_8),
                        false);
        int code = Main.run(words(arguments).toArray(String[]::new), terminal, stop);
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The words of a command line, given as to {@link #run}. */
    static List<String> words(Object... arguments) {
        return Stream.of(arguments).flatMap(Cli::texts).toList();
    }

    private static Stream<String> texts(Object argument) {
        return switch (argument) {
            case Object[] several -> Stream.of(several).flatMap(Cli::texts);
            case String text -> Stream.of(text.split(" +", -1));
            default -> Stream.of(argument.toString());
        };
    }

    /** Names of everything in a folder, hidden files included. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }
}
