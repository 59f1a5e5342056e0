package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_state;
import io.sluice.compile.Plan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * The memory of an engine on the CPU: a few slabs that live as long as it does. The buffers of the
 * log-space kernels are made when a row first needs them.
 */
final class EngineBuffers {

    /**
     * Values and flows of one group take at most about this much: 256 rows of a tree of 784
     * variables with 120 latents, and fewer of larger circuits.
     */
    private static final long GROUP_BYTES = 192L << 20;

    private static final long LOG_GROUP_BYTES = 32L << 20;
    private static final int SMALLEST_GROUP = 48;

    /**
     * More rows do not make a step faster: what is saved by reading and writing statistics less
     * often is lost when values come down from further away (native/cpu/NOTES.md).
     */
    private static final int LARGEST_GROUP = 256;

    private static final int LARGEST_LOG_GROUP = 16;

    private final KernelLibrary kernels;
    private final Arena arena;
    private final Plan plan;
    private final int group;
    private final int logGroup;
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
        group = group(plan);
        logGroup = logGroup(plan);
        // Every thread needs a place of its own.
        int capacity = Math.max(group, threads);
        logCapacity = Math.max(logGroup, threads);
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
     * 1 where gradients and flows take the place of values and elements: on the way down nobody
     * reads these again, unless tiles share their weights. Otherwise 2.
     */
    private static int copies(Plan plan) {
        int[] tiles = plan.weights().tiles().begin();
        return IntStream.range(1, tiles.length).allMatch(w -> tiles[w] - tiles[w - 1] == 1) ? 1 : 2;
    }

    private static int group(Plan plan) {
        long sample =
                Float.BYTES
                        * (copies(plan) * (plan.sizes().valueNodes() + plan.sizes().flowNodes())
                                + plan.scales()
                                + plan.variables());
        return Math.clamp(GROUP_BYTES / sample, SMALLEST_GROUP, LARGEST_GROUP);
    }

    private static int logGroup(Plan plan) {
        long sample = Double.BYTES * (2 * plan.sizes().blockNodes() + plan.sizes().flowNodes());
        return Math.clamp(LOG_GROUP_BYTES / sample, 1, LARGEST_LOG_GROUP);
    }

    /**
     * How many rows are added to the statistics at a time. It depends on the circuit alone, so that
     * the order of the additions is the same for any number of threads.
     */
    int group(int arithmetic) {
        return arithmetic == Kernels.SLUICE_LOG() ? logGroup : group;
    }

    /** Makes sure that the log-space kernels have their buffers. */
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

    /** The same, and what lies behind it. */
    MemorySegment allParameters() {
        return parameters;
    }

    MemorySegment statistics() {
        return statistics;
    }
}
