package io.sluice.runtime;

import io.sluice.OutOfMemoryException;
import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A large piece of memory on the current device, handed out in parts. Addresses of parts are
 * segments of size zero, so the host cannot read or write through them.
 */
final class DeviceSlab {
    private static final long ALIGNMENT = 256;

    private final long bytes;
    private final MemorySegment base;
    private long used;

    /**
     * @throws OutOfMemoryException when the device has less free
     */
    DeviceSlab(long bytes) {
        this.bytes = padded(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            int status = CudaRuntime.cudaMalloc(result, this.bytes);
            if (status == CudaRuntime.cudaErrorMemoryAllocation()) {
                CudaRuntime.cudaGetLastError();
                throw refused(this.bytes);
            }
            CudaStatus.check(status, "allocating device memory");
            base = result.get(ValueLayout.ADDRESS, 0);
        }
    }

    private static OutOfMemoryException refused(long bytes) {
        return new OutOfMemoryException(
                "the device refused "
                        + DeviceMemory.mebibytes(bytes)
                        + " MiB and has "
                        + DeviceMemory.mebibytes(DeviceMemory.current().free())
                        + " MiB free: close other engines, or end other programs that use it");
    }

    /** Bytes that a part takes with its padding. */
    static long padded(long bytes) {
        return (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The next part: an aligned device address. */
    MemorySegment take(long size) {
        long next = used + padded(size);
        if (next > bytes) {
            throw new IllegalStateException(
                    next + " bytes taken from a slab of " + bytes + " bytes");
        }
        MemorySegment part = MemorySegment.ofAddress(base.address() + used);
        used = next;
        return part;
    }

    void free() {
        CudaRuntime.cudaFree(base);
    }
}
