package io.sluice.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Rate of a large float32 matrix product by the BLAS under NumPy, as the ceiling of arithmetic: a
 * tuned product of matrices of 2048 x 2048, which reuses each number it loads far more often than
 * a circuit can.
 */
final class MatrixProductRate {
    private static final String PROGRAM =
            """
            import time, numpy
            a = numpy.random.rand(2048, 2048).astype(numpy.float32)
            b = a.T.copy()
            a @ b
            times = []
            while sum(times) < 1 or len(times) < 5:
                start = time.perf_counter()
                a @ b
                times.append(time.perf_counter() - start)
            print(2 * 2048 ** 3 / sorted(times)[len(times) // 2] * 1e-9)
            """;

    private static final long PATIENCE_SECONDS = 60;

    private MatrixProductRate() {}

    /** In GFLOP/s with some threads; empty where this Python has no NumPy. */
    static OptionalDouble measure(String python, int threads) {
        ProcessBuilder builder = new ProcessBuilder(python, "-c", PROGRAM);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        for (String library : new String[] {"OPENBLAS", "OMP", "MKL", "VECLIB"}) {
            environment.put(
                    library + (library.equals("VECLIB") ? "_MAXIMUM_THREADS" : "_NUM_THREADS"),
                    Integer.toString(threads));
        }
        try {
            Process process = builder.start();
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
            return OptionalDouble.empty(); // no such Python
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        }
    }
}
