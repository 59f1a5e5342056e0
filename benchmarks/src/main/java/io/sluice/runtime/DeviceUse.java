package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;
import io.sluice.data.Dataset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What an engine on a CUDA device uses of it, for benchmarks: nothing is known of other engines. As
 * its engine, it serves one thread at a time.
 */
public final class DeviceUse {
    private static final double MILLI = 1e-3;

    private final Engine engine;

    /** Watches an engine. */
    public DeviceUse(Engine engine) {
        this.engine = engine;
    }

    /**
     * Free memory of a device in bytes, with the calling thread's context made; empty for a device
     * whose memory is the machine's. What an engine uses is the difference between before and after
     * it was compiled and used.
     */
    public static OptionalLong freeBytes(Device device) {
        if (!(device instanceof Device.Cuda cuda)) {
            return OptionalLong.empty();
        }
        CudaDevices.requireUsable(cuda.ordinal());
        CudaStatus.check(
                CudaRuntime.cudaSetDevice(cuda.ordinal()), "choosing device " + cuda.ordinal());
        return OptionalLong.of(DeviceMemory.current().free());
    }

    /** How many kernels, copies and fills the latest graph holds: those of the latest new shape. */
    public OptionalLong launches() {
        return runner() instanceof CudaRunner runner && runner.launches() > 0
                ? OptionalLong.of(runner.launches())
                : OptionalLong.empty();
    }

    /**
     * How many rows leave the range of the engine's first family of kernels, so that every phase
     * computes them again in log-space; 0 where there is no second family.
     */
    public int rowsComputedAgain(Dataset data, int[] rows) {
        if (!(runner() instanceof KernelRunner runner)) {
            return 0;
        }
        runner.enter();
        Work forward = new Work.Forward(runner.arithmetic());
        int[] again = new int[1];
        SelectedRows.of(data, rows)
                .forEachBatch(
                        runner.mostRows(forward),
                        (batch, from, next) ->
                                again[0] += runner.run(forward, batch, next).flaggedRows());
        return again[0];
    }

    /**
     * Does some work, and measures the seconds between two events on the engine's stream around it.
     */
    public OptionalDouble seconds(Runnable work) {
        if (!(runner() instanceof CudaRunner runner)) {
            work.run();
            return OptionalDouble.empty();
        }
        runner.enter();
        MemorySegment start = event();
        MemorySegment end = event();
        try (Arena arena = Arena.ofConfined()) {
            record(start, runner);
            work.run();
            record(end, runner);
            CudaStatus.check(CudaRuntime.cudaEventSynchronize(end), "waiting for an event");
            MemorySegment milliseconds = arena.allocate(ValueLayout.JAVA_FLOAT);
            CudaStatus.check(
                    CudaRuntime.cudaEventElapsedTime(milliseconds, start, end),
                    "measuring between events");
            return OptionalDouble.of(MILLI * milliseconds.get(ValueLayout.JAVA_FLOAT, 0));
        } finally {
            CudaRuntime.cudaEventDestroy(start);
            CudaRuntime.cudaEventDestroy(end);
        }
    }

    private Object runner() {
        return engine instanceof NativeEngine overKernels ? overKernels.runner() : engine;
    }

    private static MemorySegment event() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            CudaStatus.check(
                    CudaRuntime.cudaEventCreateWithFlags(result, CudaRuntime.cudaEventDefault()),
                    "making an event");
            return result.get(ValueLayout.ADDRESS, 0);
        }
    }

    private static void record(MemorySegment event, CudaRunner runner) {
        CudaStatus.check(
                CudaRuntime.cudaEventRecord(event, runner.stream().handle()), "marking a stream");
    }
}
