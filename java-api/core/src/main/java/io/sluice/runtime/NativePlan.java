package io.sluice.runtime;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import io.sluice.bindings.kernels.sluice_plan;
import io.sluice.compile.Plan;
import io.sluice.compile.PlanArrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** Copies plans into native memory. */
final class NativePlan {
    private NativePlan() {}

    private static final long ALIGNMENT = 64;

    /** Native memory that a plan takes, in bytes. */
    static long bytes(Plan plan) {
        return plan.bytes()
                + sluice_plan.layout().byteSize()
                + ALIGNMENT * (1 + PlanArrays.of(plan).size());
    }

    /** A {@code sluice_plan} whose arrays are in memory of the same allocator. */
    static MemorySegment copy(Plan plan, SegmentAllocator memory) {
        MemorySegment struct = memory.allocate(sluice_plan.layout().byteSize(), ALIGNMENT);
        sluice_plan.variables(struct, plan.variables());
        sluice_plan.blocks(struct, plan.blocks().nodes().length);
        sluice_plan.elements(struct, plan.elements().nodes().length);
        sluice_plan.sums(struct, plan.sums().block().length);
        sluice_plan.tiles(struct, plan.sums().tileElement().length);
        sluice_plan.inputs(struct, plan.inputs().block().length);
        sluice_plan.operations(struct, plan.operations().length);
        sluice_plan.block_rows(struct, plan.weights().blockRowNodes().length);
        sluice_plan.weights(struct, plan.weights().nodes().length);
        sluice_plan.tables(struct, plan.tables().nodes().length);
        sluice_plan.root(struct, plan.root());
        sluice_plan.maximum_nodes(struct, plan.sizes().maximumNodes());
        sluice_plan.maximum_fan_in(struct, plan.sizes().maximumFanIn());
        sluice_plan.partitions(struct, plan.partitions().size());
        sluice_plan.value_nodes(struct, plan.sizes().valueNodes());
        sluice_plan.flow_nodes(struct, plan.sizes().flowNodes());
        sluice_plan.block_nodes_total(struct, plan.sizes().blockNodes());
        for (PlanArrays.Named array : PlanArrays.of(plan)) {
            long field = sluice_plan.layout().byteOffset(groupElement(array.name()));
            struct.set(ValueLayout.ADDRESS, field, copy(array, memory));
        }
        return struct;
    }

    private static MemorySegment copy(PlanArrays.Named array, SegmentAllocator memory) {
        MemorySegment target = memory.allocate(Math.max(array.bytes(), 1), ALIGNMENT);
        MemorySegment source =
                switch (array.array()) {
                    case int[] ints -> MemorySegment.ofArray(ints);
                    case long[] longs -> MemorySegment.ofArray(longs);
                    case double[] doubles -> MemorySegment.ofArray(doubles);
                    default ->
                            throw new IllegalStateException(
                                    array.name() + " is no array of numbers");
                };
        MemorySegment.copy(source, 0, target, 0, source.byteSize());
        return target;
    }
}
