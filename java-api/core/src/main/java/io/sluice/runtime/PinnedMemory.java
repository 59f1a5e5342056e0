package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Page-locked host memory: devices copy it while the host continues. */
final class PinnedMemory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    @SuppressWarnings("restricted")
    PinnedMemory(long bytes) {
        long size = Math.max(bytes, 1);
        MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
        int status = CudaRuntime.cudaHostAlloc(result, size, CudaRuntime.cudaHostAllocPortable());
        if (status != CudaRuntime.cudaSuccess()) {
            arena.close();
        }
        CudaStatus.check(status, "pinning " + size + " bytes of host memory");
        segment =
                result.get(ValueLayout.ADDRESS, 0)
                        .reinterpret(size, arena, CudaRuntime::cudaFreeHost);
    }

    MemorySegment segment() {
        return segment;
    }

    /** Frees the memory; no copy may be in progress. */
    void free() {
        arena.close();
    }
}
