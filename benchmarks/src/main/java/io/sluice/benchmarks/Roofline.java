package io.sluice.benchmarks;

import java.util.OptionalDouble;

/**
 * The limits of a device (Williams, Waterman and Patterson 2009, "Roofline"): work takes at least
 * the time of its arithmetic and at least that of its memory traffic.
 *
 * @param teraflops peak rate of the arithmetic that the kernels use, in TFLOP/s; empty: unknown
 * @param gigabytes peak rate of the device's memory, in GB/s; empty: unknown
 */
record Roofline(OptionalDouble teraflops, OptionalDouble gigabytes) {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;

    /** Seconds that the arithmetic alone takes. */
    OptionalDouble arithmeticSeconds(double flop) {
        return divided(flop / TERA, teraflops);
    }

    /** Seconds that the traffic alone takes. */
    OptionalDouble memorySeconds(double bytes) {
        return divided(bytes / GIGA, gigabytes);
    }

    /** The longer of both, as a share of the seconds that the work took. */
    OptionalDouble share(double flop, double bytes, double seconds) {
        OptionalDouble arithmetic = arithmeticSeconds(flop);
        OptionalDouble memory = memorySeconds(bytes);
        return arithmetic.isEmpty() || memory.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        Math.max(arithmetic.getAsDouble(), memory.getAsDouble()) / seconds);
    }

    private static OptionalDouble divided(double work, OptionalDouble rate) {
        return rate.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(work / rate.getAsDouble());
    }
}
