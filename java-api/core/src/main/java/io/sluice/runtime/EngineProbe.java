package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.bindings.cudart.CudaRuntime;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.data.Dataset;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Measures what happens inside an engine over kernels: for benchmarks and tests, never needed to
 * use an engine. What is measured may change with any version.
 *
 * <p>A stage reads what the stages before it left in the engine's buffers. Stages check nothing,
 * and do not compute flagged rows again.
 *
 * <p>As its engine, it serves one thread at a time.
 */
public final class EngineProbe {
    private final NativeEngine engine;

    private EngineProbe(NativeEngine engine) {
        this.engine = engine;
    }

    /**
     * A probe of an engine.
     *
     * @throws InvalidArgumentException for the reference engine, which has no kernels
     */
    public static EngineProbe of(Engine engine) {
        if (engine instanceof NativeEngine overKernels) {
            return new EngineProbe(overKernels);
        }
        throw new InvalidArgumentException(
                "an engine on the device "
                        + engine.device().name()
                        + " has no stages: compile the circuit for a device with kernels");
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

    /**
     * Loads the rows' cells and computes the values of all blocks and elements. An engine of
     * precise precision has to have answered a query before, which makes its buffers.
     */
    public void forward(Dataset data, int[] rows) {
        engine.runStages(data, rows, Kernels.SLUICE_STAGE_FORWARD());
    }

    /** Flows of all elements, after {@link #forward} of the same rows, once. */
    public void flows(Dataset data, int[] rows) {
        engine.runStages(data, rows, Kernels.SLUICE_STAGE_BACKWARD());
    }

    /**
     * Flows, and statistics in place of what was there, after {@link #forward} of the same rows,
     * once: flows may take the place of what they are computed from.
     */
    public void backward(Dataset data, int[] rows) {
        engine.runStages(
                data, rows, Kernels.SLUICE_STAGE_BACKWARD() | Kernels.SLUICE_STAGE_STATISTICS());
    }

    /**
     * How many rows leave the range of the linear kernels, so that they are computed again in
     * log-space; 0 for an engine that computes in log-space anyway.
     */
    public int flaggedRows(Dataset data, int[] rows) {
        return engine.flaggedRows(data, rows);
    }

    /**
     * How many kernels, copies and fills the latest CUDA graph holds: those of the latest new
     * shape.
     */
    public OptionalLong launches() {
        return engine.kernels() instanceof CudaRunner runner && runner.launches() > 0
                ? OptionalLong.of(runner.launches())
                : OptionalLong.empty();
    }

    /**
     * Does some work, and measures the seconds between two events on the engine's CUDA stream
     * around it; empty for a device without one.
     */
    public OptionalDouble seconds(Runnable work) {
        if (!(engine.kernels() instanceof CudaRunner runner)) {
            work.run();
            return OptionalDouble.empty();
        }
        runner.enter();
        CudaEvent start = CudaEvent.timed();
        CudaEvent end = CudaEvent.timed();
        try {
            start.record(runner.stream());
            work.run();
            end.record(runner.stream());
            end.synchronize();
            return OptionalDouble.of(end.secondsSince(start));
        } finally {
            start.destroy();
            end.destroy();
        }
    }
}
