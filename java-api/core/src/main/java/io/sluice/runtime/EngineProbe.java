package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.bindings.cudart.CudaRuntime;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.data.Dataset;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Measures the inside of an engine that has kernels, for benchmarks and tests. Nobody needs it to
 * use an engine. Any version may change what it measures.
 *
 * <p>A stage reads what the stages before it wrote to the engine's buffers. Stages check nothing
 * and do not recompute flagged rows.
 *
 * <p>Like its engine, a probe serves one thread at a time.
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
     * Free memory of a device in bytes, after making the calling thread's context; empty for a
     * device whose memory is the machine's. An engine uses the difference between before it was
     * compiled and after it was used.
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
     * precise precision must have answered a query before, which allocates its buffers.
     */
    public void forward(Dataset data, int[] rows) {
        engine.runStages(data, rows, Kernels.SLUICE_STAGE_FORWARD());
    }

    /** Computes the flows of all elements. Call it once after {@link #forward} of the same rows. */
    public void flows(Dataset data, int[] rows) {
        engine.runStages(data, rows, Kernels.SLUICE_STAGE_BACKWARD());
    }

    /**
     * Computes flows, and replaces the statistics. Call it once after {@link #forward} of the same
     * rows, because flows may overwrite their operands.
     */
    public void backward(Dataset data, int[] rows) {
        engine.runStages(
                data, rows, Kernels.SLUICE_STAGE_BACKWARD() | Kernels.SLUICE_STAGE_STATISTICS());
    }

    /**
     * How many rows leave the range of the linear kernels and are recomputed in log-space; 0 for an
     * engine that computes in log-space anyway.
     */
    public int flaggedRows(Dataset data, int[] rows) {
        return engine.flaggedRows(data, rows);
    }

    /**
     * How many kernels, copies and fills the latest CUDA graph has; it belongs to the latest new
     * shape.
     */
    public OptionalLong launches() {
        return engine.kernels() instanceof CudaRunner runner && runner.launches() > 0
                ? OptionalLong.of(runner.launches())
                : OptionalLong.empty();
    }

    /**
     * Does some work between two events on the engine's CUDA stream and measures the seconds
     * between them; empty for a device without a stream.
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
