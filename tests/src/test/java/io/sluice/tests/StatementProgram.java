package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A native program that checks statements and prints a line for each, "ok NAME" or "failed NAME:
 * WHY": each becomes a test. Another test asserts that the program ended without failure.
 */
final class StatementProgram {
    private static final Pattern RESULT = Pattern.compile("(?i)(ok|failed) .*");

    private StatementProgram() {}

    static Stream<DynamicTest> run(Path program, List<String> arguments)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(program), "native/build.sh has not built " + program);
        Process process =
                new ProcessBuilder(
                                Stream.concat(
                                                Stream.of(program.toAbsolutePath().toString()),
                                                arguments.stream())
                                        .toList())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        Stream<DynamicTest> statements =
                output.lines()
                        .filter(line -> RESULT.matcher(line).matches())
                        .map(StatementProgram::statement);
        return Stream.concat(
                statements,
                Stream.of(
                        DynamicTest.dynamicTest(
                                "the_program_ends_without_failure",
                                () -> assertEquals(0, status, output))));
    }

    private static DynamicTest statement(String line) {
        String name = line.replaceFirst("^\\w+ ", "").replaceFirst(": .*", "");
        return DynamicTest.dynamicTest(name, () -> assertTrue(line.startsWith("ok "), line));
    }
}
