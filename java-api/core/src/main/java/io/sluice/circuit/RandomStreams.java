package io.sluice.circuit;

import java.util.SplittableRandom;

/**
 * Generators of one seed for many things that are numbered, such as the vectors of a circuit, each
 * of which draws for itself and in any order.
 *
 * <p>Seeds that lie a step of the generator apart, the golden ratio, give the same stream shifted
 * by one. Here they lie multiples of other odd numbers apart.
 */
public final class RandomStreams {
    private static final long FIRST_STRIDE = 0xBF58476D1CE4E5B9L;
    private static final long SECOND_STRIDE = 0xD1342543DE82EF95L;

    private RandomStreams() {}

    /** The generator of a thing. */
    public static SplittableRandom of(long seed, long number) {
        return new SplittableRandom(seed + FIRST_STRIDE * (number + 1));
    }

    /** The generator of a thing with two numbers. */
    public static SplittableRandom of(long seed, long number, long other) {
        return new SplittableRandom(
                seed + FIRST_STRIDE * (number + 1) + SECOND_STRIDE * (other + 1));
    }
}
