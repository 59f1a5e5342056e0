package io.sluice.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Programs of this machine that print one number; a machine without them has no such number. */
final class ProgramOutput {
    private static final long PATIENCE_SECONDS = 60;

    private ProgramOutput() {}

    /** What the program printed; empty when it is not there, fails or takes over a minute. */
    static OptionalDouble number(ProcessBuilder program) {
        program.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = program.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                return OptionalDouble.empty();
            }
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? OptionalDouble.of(Double.parseDouble(out.strip()))
                    : OptionalDouble.empty();
        } catch (IOException e) {
            return OptionalDouble.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        }
    }
}
