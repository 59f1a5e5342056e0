package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory of a CUDA device, in bytes.
 *
 * @param free unused bytes
 * @param total all bytes
 */
record DeviceMemory(long free, long total) {

    /** Memory of the current device. */
    static DeviceMemory current() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
            CudaStatus.check(
                    CudaRuntime.cudaMemGetInfo(free, total), "asking for the device's memory");
            return new DeviceMemory(
                    free.get(ValueLayout.JAVA_LONG, 0), total.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
