package io.sluice.tests;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Statements about each CPU kernel, which are in native/test, for each instruction set of this
 * processor. With -Dsluice.thorough=true they are checked at all shapes and at more seeds.
 */
class KernelTest {
    private static final Path PROGRAM = Path.of("../native/target/emulated/kernel_test");

    @TestFactory
    Stream<DynamicTest> statements() throws IOException, InterruptedException {
        boolean thorough = Boolean.getBoolean("sluice.thorough");
        return StatementProgram.run(PROGRAM, thorough ? List.of("thorough") : List.of());
    }
}
