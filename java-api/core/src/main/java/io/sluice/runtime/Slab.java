package io.sluice.runtime;

import io.sluice.OutOfMemoryException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Allocates an engine's long-lived memory from its kernel library, which uses large pages, after
 * checking that the machine has as much.
 */
final class Slab {
    /** Cache lines, and the widest vectors. */
    static final long ALIGNMENT = 64;

    private final KernelLibrary kernels;
    private final Arena arena;

    private Slab(KernelLibrary kernels, Arena arena) {
        this.kernels = kernels;
        this.arena = arena;
    }

    /**
     * @param arena frees the memory when it is closed
     * @param bytes total of all allocations
     * @throws OutOfMemoryException when the machine has less memory than that
     */
    static Slab in(KernelLibrary kernels, Arena arena, long bytes) {
        long machine = MachineMemory.bytes();
        if (bytes > machine) {
            throw new OutOfMemoryException(
                    "the engine needs "
                            + mebibytes(bytes)
                            + " MiB and this machine has "
                            + mebibytes(machine)
                            + " MiB: use fewer latents, or a machine with more memory");
        }
        return new Slab(kernels, arena);
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    /** Zeroed memory. */
    @SuppressWarnings("restricted")
    MemorySegment allocate(long bytes) {
        long size = Math.max(bytes, 1);
        MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
        return kernels.allocateMemory(size, result)
                .reinterpret(size, arena, memory -> kernels.freeMemory(memory, size));
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
