package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_state;
import io.sluice.compile.Plan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * The memory of an engine on the CPU: a few slabs that live as long as the engine. The buffers of
 * the log-space kernels are allocated when a row first needs them.
 */
final class EngineBuffers {

    /**
     * Values and flows of a row group take about this much memory at most: 256 rows of a tree of
     * 784 variables with 120 latents, fewer rows of larger circuits.
     */
    private static final long ROW_GROUP_BYTES = 192L << 20;

    private static final long LOG_ROW_GROUP_BYTES = 32L << 20;
    private static final int SMALLEST_ROW_GROUP = 48;

    /**
     * More rows do not make a step faster: they save accesses to statistics, but values and flows
     * no longer fit the nearer caches (native/cpu/NOTES.md).
     */
    private static final int LARGEST_ROW_GROUP = 256;

    private static final int LARGEST_LOG_ROW_GROUP = 16;

    private final KernelLibrary kernels;
    private final Arena arena;
    private final Plan plan;
    private final int rowGroup;
    private final int logRowGroup;
    private final int logCapacity;
    private final MemorySegment state;
    private final MemorySegment parameters;
    private final MemorySegment statistics;
    private boolean hasLogBuffers;

    /**
     * @param arena that owns the memory
     * @param workspaceBytes scratch memory of one thread
     * @throws io.sluice.OutOfMemoryException when the machine has too little
     */
    EngineBuffers(KernelLibrary kernels, Arena arena, Plan plan, int threads, long workspaceBytes) {
        this.kernels = kernels;
        this.arena = arena;
        this.plan = plan;
        Plan.Sizes sizes = plan.sizes();
        rowGroup = rowGroup(plan);
        logRowGroup = logRowGroup(plan);
        // Every thread needs a slot for a row of its own.
        int capacity = Math.max(rowGroup, threads);
        logCapacity = Math.max(logRowGroup, threads);
        int cells = Math.max(capacity, logCapacity);
        int copies = copies(plan);
        long floats =
                2 * sizes.parameterFloats()
                        + sizes.statisticFloats()
                        + (long) copies * capacity * (sizes.valueNodes() + sizes.flowNodes())
                        + (long) capacity * plan.scales()
                        + (long) cells * plan.variables();
        Slab slab =
                Slab.in(kernels, arena, floats * Float.BYTES + cells + threads * workspaceBytes);
        parameters = slab.floats(sizes.parameterFloats());
        MemorySegment prepared = slab.floats(sizes.parameterFloats());
        statistics = slab.floats(sizes.statisticFloats());
        state = slab.allocate(sluice_state.layout().byteSize());
        sluice_state.capacity(state, capacity);
        sluice_state.log_capacity(state, logCapacity);
        sluice_state.value_type(state, Kernels.SLUICE_VALUE_F32());
        sluice_state.parameters(state, parameters);
        sluice_state.prepared(state, prepared);
        sluice_state.statistics(state, statistics);
        MemorySegment values = slab.floats(capacity * sizes.valueNodes());
        MemorySegment elements = slab.floats(capacity * sizes.flowNodes());
        sluice_state.values(state, values);
        sluice_state.scales(state, slab.ints((long) capacity * plan.scales()));
        sluice_state.elements(state, elements);
        sluice_state.gradients(
                state, copies == 1 ? values : slab.floats(capacity * sizes.valueNodes()));
        sluice_state.flows(
                state, copies == 1 ? elements : slab.floats(capacity * sizes.flowNodes()));
        sluice_state.cells(state, slab.ints((long) cells * plan.variables()));
        sluice_state.skipped(state, slab.allocate(cells));
        sluice_state.workspace(state, slab.allocate(threads * workspaceBytes));
        if (sizes.pad() >= 0) {
            parameters.setAtIndex(ValueLayout.JAVA_FLOAT, sizes.pad(), 1);
            prepared.setAtIndex(ValueLayout.JAVA_FLOAT, sizes.pad(), 1);
        }
    }

    /**
     * 1 if gradients and flows can overwrite values and elements, because the backward pass does
     * not read these again; 2 if tiles share their weights.
     */
    private static int copies(Plan plan) {
        int[] tiles = plan.weights().tiles().begin();
        return IntStream.range(1, tiles.length).allMatch(w -> tiles[w] - tiles[w - 1] == 1) ? 1 : 2;
    }

    private static int rowGroup(Plan plan) {
        long rowBytes =
                Float.BYTES
                        * (copies(plan) * (plan.sizes().valueNodes() + plan.sizes().flowNodes())
                                + plan.scales()
                                + plan.variables());
        return Math.clamp(ROW_GROUP_BYTES / rowBytes, SMALLEST_ROW_GROUP, LARGEST_ROW_GROUP);
    }

    private static int logRowGroup(Plan plan) {
        long rowBytes = Double.BYTES * (2 * plan.sizes().blockNodes() + plan.sizes().flowNodes());
        return Math.clamp(LOG_ROW_GROUP_BYTES / rowBytes, 1, LARGEST_LOG_ROW_GROUP);
    }

    /**
     * Rows of a row group. The number depends on the circuit alone, so the order in which rows are
     * added to the statistics is the same for any number of threads.
     */
    int rowGroup(int arithmetic) {
        return arithmetic == Kernels.SLUICE_LOG() ? logRowGroup : rowGroup;
    }

    /** Allocates the buffers of the log-space kernels, if there are none yet. */
    void needLogBuffers() {
        if (hasLogBuffers) {
            return;
        }
        long blockNodes = logCapacity * plan.sizes().blockNodes();
        long flowNodes = logCapacity * plan.sizes().flowNodes();
        Slab slab = Slab.in(kernels, arena, Double.BYTES * (2 * blockNodes + flowNodes));
        sluice_state.log_values(state, slab.doubles(blockNodes));
        sluice_state.log_flows(state, slab.doubles(blockNodes));
        sluice_state.element_flows(state, slab.doubles(flowNodes));
        hasLogBuffers = true;
    }

    MemorySegment state() {
        return state;
    }

    /** The circuit's parameters in its layout, without padding for the root. */
    MemorySegment parameters() {
        return parameters.asSlice(0, plan.sizes().parameters() * Float.BYTES);
    }

    /** The parameters, the padding for the root and tables of log-densities. */
    MemorySegment allParameters() {
        return parameters;
    }

    MemorySegment statistics() {
        return statistics;
    }
}
