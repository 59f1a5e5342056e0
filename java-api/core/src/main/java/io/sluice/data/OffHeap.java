package io.sluice.data;

import io.sluice.OutOfMemoryException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;

/**
 * Allocation of the memory that data sets live in; the garbage collector frees it.
 *
 * <p>Data sets are tiny on the heap, so that many dropped ones may fill the memory outside it long
 * before the collector has a reason to run, and {@code -XX:+DisableExplicitGC} turns requests for a
 * collection off. When memory runs out, this class therefore gives the collector a reason: it
 * allocates garbage on the heap until a collection has happened, then tries again.
 */
final class OffHeap {
    /** A cache line: kernels may assume aligned loads of a data set's first row. */
    private static final long ALIGNMENT = 64;

    private static final int COLLECTIONS = 3;
    private static final int GARBAGE_BYTES = 1 << 16;

    /** Holds the latest garbage, so that the compiler cannot leave it out. */
    private static final byte[][] GARBAGE = {new byte[0]};

    private OffHeap() {}

    static MemorySegment allocate(long bytes) {
        for (int collections = 0; ; collections++) {
            try {
                return Arena.ofAuto().allocate(bytes, ALIGNMENT);
            } catch (OutOfMemoryError e) {
                if (collections == COLLECTIONS) {
                    throw new OutOfMemoryException(
                            "a data set needs "
                                    + bytes
                                    + " bytes outside the heap, which are not available: read fewer"
                                    + " rows, or raise -XX:MaxDirectMemorySize",
                            e);
                }
                provokeCollection();
            }
        }
    }

    private static void provokeCollection() {
        WeakReference<Object> fresh = new WeakReference<>(new Object());
        long left = Runtime.getRuntime().maxMemory();
        while (fresh.get() != null && left > 0) {
            GARBAGE[0] = new byte[GARBAGE_BYTES];
            left -= GARBAGE_BYTES;
        }
        GARBAGE[0] = new byte[0];
    }
}
