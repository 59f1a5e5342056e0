package io.sluice.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Bandwidth of memory: copies between two off-heap blocks far larger than any cache, bytes read and
 * bytes written both counted.
 */
final class CopyBandwidth {
    private static final long BYTES = 512L << 20;
    private static final long PAGE = 4096;
    private static final double SECONDS = 1;
    private static final double GIGA = 1e9;

    private CopyBandwidth() {}

    /** In GB/s, with some threads that copy a part each. */
    static double measure(int threads) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(BYTES, PAGE).fill((byte) 1);
            MemorySegment to = arena.allocate(BYTES, PAGE).fill((byte) 2);
            double seconds = Stopwatch.median(SECONDS, () -> copy(from, to, threads));
            return 2 * BYTES / seconds / GIGA;
        }
    }

    private static void copy(MemorySegment from, MemorySegment to, int threads) {
        long part = BYTES / threads;
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            long first = i * part;
            others.add(Thread.ofPlatform().start(() -> copyPart(from, to, first, part)));
        }
        copyPart(from, to, 0, part);
        for (Thread other : others) {
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while copying", e);
            }
        }
    }

    private static void copyPart(MemorySegment from, MemorySegment to, long first, long bytes) {
        MemorySegment.copy(from, first, to, first, bytes);
    }
}
