package io.sluice.tests;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Statements about the host emulation of CUDA itself, which is built on Linux only. */
class EmulationTest {
    private static final Path PROGRAM = Path.of("../native/target/emulated/emulation_test");

    @TestFactory
    Stream<DynamicTest> statements() throws IOException, InterruptedException {
        return StatementProgram.run(PROGRAM, List.of());
    }
}
