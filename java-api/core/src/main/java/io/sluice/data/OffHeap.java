package io.sluice.data;

import io.sluice.OutOfMemoryException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Allocation of the memory that data sets live in; the garbage collector frees it. */
final class OffHeap {
    /** A cache line, so that kernels may assume aligned loads of a data set's first row. */
    private static final long ALIGNMENT = 64;

    private OffHeap() {}

    static MemorySegment allocate(long bytes) {
        try {
            return Arena.ofAuto().allocate(bytes, ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "a data set needs "
                            + bytes
                            + " bytes outside the heap, which are not available: read fewer rows,"
                            + " or raise -XX:MaxDirectMemorySize",
                    e);
        }
    }
}
