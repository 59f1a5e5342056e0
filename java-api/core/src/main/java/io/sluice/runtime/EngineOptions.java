package io.sluice.runtime;

import io.sluice.InvalidArgumentException;

/**
 * How an engine computes.
 *
 * @param precision which arithmetic
 * @param threads how many threads compute, 1 to 1024. Results do not depend on it
 */
public record EngineOptions(Precision precision, int threads) {

    private static final int MAXIMUM_THREADS = 1024;

    /** Checks the ranges. */
    public EngineOptions {
        if (threads < 1 || threads > MAXIMUM_THREADS) {
            throw new InvalidArgumentException(
                    "threads is "
                            + threads
                            + ", expected 1 to "
                            + MAXIMUM_THREADS
                            + ": give the number of processor cores to use");
        }
    }

    /** Fast precision, one thread for each processor the JVM may use. */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Precision.FAST,
                Math.min(MAXIMUM_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /** The same options with another precision. */
    public EngineOptions withPrecision(Precision changed) {
        return new EngineOptions(changed, threads);
    }

    /** The same options with another number of threads. */
    public EngineOptions withThreads(int changed) {
        return new EngineOptions(precision, changed);
    }
}
