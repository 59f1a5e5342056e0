package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.data.Dataset;

/**
 * The stages of {@link Engine#accumulate} one at a time, for benchmarks of single kernels. A stage
 * reads what the stages before it left in the engine's buffers; nothing is checked, and results of
 * rows are not settled.
 *
 * <p>As its engine, it serves one thread at a time.
 */
public final class EngineStages {
    private final NativeEngine engine;

    private EngineStages(NativeEngine engine) {
        this.engine = engine;
    }

    /**
     * The stages of an engine over kernels. An engine of precise precision has to have answered a
     * query before, which makes its buffers.
     *
     * @throws InvalidArgumentException for the reference engine, which has none
     */
    public static EngineStages of(Engine engine) {
        if (engine instanceof NativeEngine overKernels) {
            return new EngineStages(overKernels);
        }
        throw new InvalidArgumentException(
                "an engine on the device "
                        + engine.device().name()
                        + " has no stages: compile the circuit for a device with kernels");
    }

    /** Loads the rows' cells and computes the values of all blocks and elements. */
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
    public void downward(Dataset data, int[] rows) {
        engine.runStages(
                data, rows, Kernels.SLUICE_STAGE_BACKWARD() | Kernels.SLUICE_STAGE_STATISTICS());
    }
}
