package io.sluice.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalDouble;

/**
 * Peak rate of float32 fused multiply-adds, by the program {@code fused.c}, which is compiled for
 * this machine's processor. A loop that loads its operands cannot reach it.
 */
final class FusedRate implements AutoCloseable {
    private final Path folder;
    private final Path program;
    private final boolean compiled;

    /** Compiles the program with the compiler CC, by default cc. */
    FusedRate() {
        try (InputStream source = FusedRate.class.getResourceAsStream("fused.c")) {
            if (source == null) {
                throw new AssertionError("fused.c is a resource of this class");
            }
            folder = Files.createTempDirectory("sluice-fused-");
            program = folder.resolve("fused");
            Path file = folder.resolve("fused.c");
            Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
            compiled = compile(file, program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean compile(Path source, Path program) {
        String compiler = System.getenv().getOrDefault("CC", "cc");
        ProcessBuilder command =
                new ProcessBuilder(
                        compiler,
                        "-O3",
                        "-march=native",
                        "-ffp-contract=fast",
                        "-pthread",
                        "-o",
                        program.toString(),
                        source.toString());
        try {
            return command.inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // no such compiler
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** In GFLOP/s with some threads; empty where there is no C compiler. */
    OptionalDouble measure(int threads) {
        return compiled
                ? ProgramOutput.number(
                        new ProcessBuilder(program.toString(), Integer.toString(threads)))
                : OptionalDouble.empty();
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder.resolve("fused.c"));
            Files.deleteIfExists(program);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
