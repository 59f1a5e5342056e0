package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What holds of the host emulation of CUDA, which a program that is built with it states. */
class EmulationTest {
    private static final Path PROGRAM = Path.of("../native/target/emulated/emulation_test");

    @TestFactory
    Stream<DynamicTest> statements() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PROGRAM), "the emulation is built on Linux only");
        Process process =
                new ProcessBuilder(PROGRAM.toAbsolutePath().toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        List<String> lines = output.lines().toList();
        Stream<DynamicTest> statements =
                lines.stream()
                        .map(
                                line ->
                                        DynamicTest.dynamicTest(
                                                line.replaceFirst("^\\w+ ", "")
                                                        .replaceFirst(": .*", ""),
                                                () -> assertTrue(line.startsWith("ok "), line)));
        return Stream.concat(
                statements,
                Stream.of(
                        DynamicTest.dynamicTest(
                                "the_program_ends_without_failure",
                                () -> assertEquals(0, status, output))));
    }
}
