package io.sluice.benchmarks;

import java.util.OptionalDouble;

/**
 * Rate of a large float32 matrix product, 2048 x 2048, by NumPy's BLAS: the rate of a tuned library
 * on this machine. Such matrices reuse each number far more often than a circuit can.
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

    private MatrixProductRate() {}

    /** In GFLOP/s with some threads; empty where this Python has no NumPy. */
    static OptionalDouble measure(String python, int threads) {
        ProcessBuilder program = new ProcessBuilder(python, "-c", PROGRAM);
        for (String library : new String[] {"OPENBLAS", "OMP", "MKL"}) {
            program.environment().put(library + "_NUM_THREADS", Integer.toString(threads));
        }
        return ProgramOutput.number(program);
    }
}
