package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A mark on a stream, for others to wait for. */
final class CudaEvent {
    private final MemorySegment handle;

    CudaEvent() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            CudaStatus.check(
                    CudaRuntime.cudaEventCreateWithFlags(
                            result, CudaRuntime.cudaEventDisableTiming()),
                    "making an event");
            handle = result.get(ValueLayout.ADDRESS, 0);
        }
    }

    MemorySegment handle() {
        return handle;
    }

    /** Marks the work that is on the stream now. */
    void record(CudaStream stream) {
        CudaStatus.check(CudaRuntime.cudaEventRecord(handle, stream.handle()), "marking a stream");
    }

    /** Returns when the marked work is done; at once when nothing was marked. */
    void synchronize() {
        CudaStatus.check(CudaRuntime.cudaEventSynchronize(handle), "waiting for a copy");
    }

    void destroy() {
        CudaRuntime.cudaEventDestroy(handle);
    }
}
