package io.sluice.circuit;

import java.util.SplittableRandom;

/**
 * Random generators of one seed for many numbered things, such as the vectors of a circuit. Each
 * draws for itself, in any order.
 *
 * <p>Seeds that differ by the generator's increment, the golden ratio, give the same stream shifted
 * by one. Here seeds differ by multiples of other odd numbers.
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
