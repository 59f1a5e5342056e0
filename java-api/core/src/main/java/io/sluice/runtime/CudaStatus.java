package io.sluice.runtime;

import io.sluice.DeviceException;
import io.sluice.OutOfMemoryException;
import io.sluice.SluiceException;
import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/** Errors of the CUDA runtime as exceptions. */
final class CudaStatus {
    private CudaStatus() {}

    /**
     * @param status what a call of the runtime returned
     * @param doing what the call was for, to complete "CUDA failed at"
     */
    static void check(int status, String doing) {
        if (status != CudaRuntime.cudaSuccess()) {
            throw failure(status, doing);
        }
    }

    /**
     * A handle that a call of the runtime makes.
     *
     * @param make the call; it writes the handle to the memory that it is given
     */
    static MemorySegment made(ToIntFunction<MemorySegment> make, String doing) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            check(make.applyAsInt(result), doing);
            return result.get(ValueLayout.ADDRESS, 0);
        }
    }

    private static SluiceException failure(int status, String doing) {
        CudaRuntime.cudaGetLastError(); // otherwise the next launch would report it
        String message = "CUDA failed at " + doing + ": " + describe(status);
        if (status == CudaRuntime.cudaErrorMemoryAllocation()) {
            return new OutOfMemoryException(
                    message + ": free device memory, or build a smaller circuit");
        }
        return new DeviceException(
                contextIsLost()
                        ? message
                                + ": this process has lost its CUDA context and everything on the"
                                + " device: start a new one"
                        : message);
    }

    /** After some errors, as of a kernel that reads where it must not, every call fails. */
    private static boolean contextIsLost() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ValueLayout.JAVA_LONG, 2);
            return CudaRuntime.cudaMemGetInfo(memory, memory.asSlice(Long.BYTES))
                    != CudaRuntime.cudaSuccess();
        }
    }

    /** CUDA's name of an error and its text. */
    static String describe(int status) {
        return text(CudaRuntime.cudaGetErrorName(status))
                + ", "
                + text(CudaRuntime.cudaGetErrorString(status));
    }

    @SuppressWarnings("restricted")
    private static String text(MemorySegment pointer) {
        return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
