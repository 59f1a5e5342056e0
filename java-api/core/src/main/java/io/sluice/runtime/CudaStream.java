package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.MemorySegment;

/** A stream of the current device; what is put on it is done in order. */
final class CudaStream {
    private final MemorySegment handle;

    CudaStream() {
        handle =
                CudaStatus.made(
                        result ->
                                CudaRuntime.cudaStreamCreateWithFlags(
                                        result, CudaRuntime.cudaStreamNonBlocking()),
                        "making a stream");
    }

    MemorySegment handle() {
        return handle;
    }

    void copyToDevice(MemorySegment device, MemorySegment host, long bytes) {
        copy(device, host, bytes, CudaRuntime.cudaMemcpyHostToDevice(), "copying to the device");
    }

    void copyToHost(MemorySegment host, MemorySegment device, long bytes) {
        copy(host, device, bytes, CudaRuntime.cudaMemcpyDeviceToHost(), "copying from the device");
    }

    private void copy(MemorySegment to, MemorySegment from, long bytes, int kind, String doing) {
        if (bytes > 0) {
            CudaStatus.check(CudaRuntime.cudaMemcpyAsync(to, from, bytes, kind, handle), doing);
        }
    }

    void clear(MemorySegment device, long bytes) {
        fill(device, 0, bytes);
    }

    /** Sets every byte. */
    void fill(MemorySegment device, int value, long bytes) {
        if (bytes > 0) {
            CudaStatus.check(
                    CudaRuntime.cudaMemsetAsync(device, value, bytes, handle),
                    "filling device memory");
        }
    }

    /** What is put on this stream later waits until the event's work is done. */
    void waitFor(CudaEvent event) {
        CudaStatus.check(
                CudaRuntime.cudaStreamWaitEvent(handle, event.handle(), 0), "waiting for a copy");
    }

    /** Returns when everything on the stream is done; reports the errors of that. */
    void synchronize() {
        CudaStatus.check(CudaRuntime.cudaStreamSynchronize(handle), "running kernels");
    }

    void destroy() {
        CudaRuntime.cudaStreamDestroy(handle);
    }
}
