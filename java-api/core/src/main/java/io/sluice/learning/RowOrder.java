package io.sluice.learning;

/**
 * The order in which an epoch visits the rows: a permutation that depends only on the number of
 * rows, the seed and the epoch, so a checkpoint need not store it.
 *
 * <p>The generator is SplitMix64 (Steele, Lea and Flood 2014, figure 11), implemented here because
 * a checkpoint must mean the same on every JDK.
 */
final class RowOrder {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    private RowOrder(long seed, int epoch) {
        state = mix(seed) + epoch * GOLDEN_GAMMA;
        state = mix(state); // epochs of neighbouring seeds do not share their sequences
    }

    /** A uniformly random permutation of {@code 0 .. rows - 1}. */
    static int[] shuffled(int rows, long seed, int epoch) {
        int[] order = sequential(rows);
        RowOrder random = new RowOrder(seed, epoch);
        for (int i = rows - 1; i > 0; i--) {
            int j = random.below(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** {@code 0 .. rows - 1}. */
    static int[] sequential(int rows) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        return order;
    }

    /** Uniform over {@code 0 .. bound - 1}; the bias of 64 bits for 31 is under 1e-9. */
    private int below(int bound) {
        return (int) Math.unsignedMultiplyHigh(next(), bound);
    }

    private long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
