package io.sluice.runtime;

import io.sluice.OutOfMemoryException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Allocates an engine's long-lived memory, after looking whether the machine can have as much. */
final class Slab {
    /** Cache lines, and the widest vectors. */
    static final long ALIGNMENT = 64;

    private final Arena arena;

    private Slab(Arena arena) {
        this.arena = arena;
    }

    /**
     * @param arena that owns what is allocated
     * @param bytes all that will be allocated
     * @throws OutOfMemoryException when the machine has less memory than that
     */
    static Slab in(Arena arena, long bytes) {
        long machine = MachineMemory.bytes();
        if (bytes > machine) {
            throw new OutOfMemoryException(
                    "the engine needs "
                            + mebibytes(bytes)
                            + " MiB and this machine has "
                            + mebibytes(machine)
                            + " MiB: use fewer latents, or a machine with more memory");
        }
        return new Slab(arena);
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    /** Zeroed memory. */
    MemorySegment allocate(long bytes) {
        try {
            return arena.allocate(Math.max(bytes, 1), ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "the system refused "
                            + mebibytes(bytes)
                            + " MiB: free memory, or use fewer latents",
                    e);
        }
    }

    /** Zeroed memory for floats. */
    MemorySegment floats(long count) {
        return allocate(Math.multiplyExact(count, (long) Float.BYTES));
    }

    /** Zeroed memory for float64s. */
    MemorySegment doubles(long count) {
        return allocate(Math.multiplyExact(count, (long) Double.BYTES));
    }

    /** Zeroed memory for 32-bit integers. */
    MemorySegment ints(long count) {
        return allocate(Math.multiplyExact(count, (long) Integer.BYTES));
    }
}
