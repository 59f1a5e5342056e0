package io.sluice.cli;

/** Seeds for drawing a large number of rows in portions. */
final class PortionSeed {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private PortionSeed() {}

    /** The seed of the portion that begins with some row: the given seed for the first portion. */
    static long of(long seed, long firstRow) {
        if (firstRow == 0) {
            return seed;
        }
        long z = seed + firstRow * GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
