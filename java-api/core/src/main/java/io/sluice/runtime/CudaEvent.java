package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A mark on a stream, for others to wait for. */
final class CudaEvent {
    private static final double MILLI = 1e-3;

    private final MemorySegment handle;

    private CudaEvent(int flags) {
        handle =
                CudaStatus.made(
                        result -> CudaRuntime.cudaEventCreateWithFlags(result, flags),
                        "making an event");
    }

    /** An event to wait for. */
    CudaEvent() {
        this(CudaRuntime.cudaEventDisableTiming());
    }

    /** An event that notes the time. */
    static CudaEvent timed() {
        return new CudaEvent(CudaRuntime.cudaEventDefault());
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
        CudaStatus.check(CudaRuntime.cudaEventSynchronize(handle), "waiting for an event");
    }

    /** Seconds since an earlier event, when the work of both is done. */
    double secondsSince(CudaEvent start) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment milliseconds = arena.allocate(ValueLayout.JAVA_FLOAT);
            CudaStatus.check(
                    CudaRuntime.cudaEventElapsedTime(milliseconds, start.handle, handle),
                    "measuring between events");
            return MILLI * milliseconds.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    void destroy() {
        CudaRuntime.cudaEventDestroy(handle);
    }
}
