package io.sluice.compile;

import java.util.ArrayList;
import java.util.List;

/**
 * A plan's arrays under their names in {@code sluice.h}: the list for all code that copies them.
 */
public final class PlanArrays {
    private PlanArrays() {}

    /**
     * One array.
     *
     * @param name field of {@code sluice_plan}
     * @param array an {@code int[]}, {@code long[]} or {@code double[]}
     */
    public record Named(String name, Object array) {
        /** Bytes of an entry. */
        public long bytes() {
            return switch (array) {
                case int[] ints -> (long) ints.length * Integer.BYTES;
                case long[] longs -> (long) longs.length * Long.BYTES;
                case double[] doubles -> (long) doubles.length * Double.BYTES;
                default -> throw new IllegalStateException(name + " is no array of numbers");
            };
        }
    }

    /** All arrays of a plan. */
    public static List<Named> of(Plan plan) {
        List<Named> all = new ArrayList<>();
        all.add(new Named("block_nodes", plan.blocks().nodes()));
        all.add(new Named("block_value", plan.blocks().value()));
        all.add(new Named("block_first", plan.blocks().first()));
        all.add(new Named("block_input", plan.blocks().input()));
        addLists(all, "block_element", plan.blocks().elements());
        all.add(new Named("element_nodes", plan.elements().nodes()));
        all.add(new Named("element_flow", plan.elements().flow()));
        addLists(all, "element_factor", plan.elements().factors());
        addLists(all, "element_tile", plan.elements().tiles());
        all.add(new Named("sum_block", plan.sums().block()));
        all.add(new Named("sum_tile_begin", plan.sums().tileBegin()));
        all.add(new Named("tile_element", plan.sums().tileElement()));
        all.add(new Named("tile_sum", plan.sums().tileSum()));
        all.add(new Named("tile_parameter", plan.sums().tileParameter()));
        all.add(new Named("variable_kind", plan.byVariable().kind()));
        addLists(all, "variable_input", plan.byVariable().inputs());
        all.add(new Named("input_block", plan.inputs().block()));
        all.add(new Named("input_table", plan.inputs().table()));
        all.add(new Named("input_variable", plan.inputs().variable()));
        all.add(new Named("input_first", plan.inputs().first()));
        all.add(new Named("table_kind", plan.tables().kind()));
        all.add(new Named("table_categories", plan.tables().categories()));
        all.add(new Named("table_nodes", plan.tables().nodes()));
        all.add(new Named("table_parameter", plan.tables().parameter()));
        all.add(new Named("table_statistic", plan.tables().statistic()));
        all.add(new Named("table_floor", plan.tables().floor()));
        addLists(all, "table_input", plan.tables().inputs());
        all.add(new Named("block_row_nodes", plan.weights().blockRowNodes()));
        all.add(new Named("block_row_weight_begin", plan.weights().blockRowBegin()));
        all.add(new Named("weight_nodes", plan.weights().nodes()));
        all.add(new Named("weight_parameter", plan.weights().parameter()));
        addLists(all, "weight_tile", plan.weights().tiles());
        addPartitions(all, plan.partitions());
        all.add(new Named("operation", plan.operations()));
        return all;
    }

    private static void addPartitions(List<Named> all, List<Plan.Partition> partitions) {
        int[] layer = new int[partitions.size()];
        int[] sumBegin = new int[partitions.size() + 1];
        for (int p = 0; p < layer.length; p++) {
            layer[p] = partitions.get(p).layer();
            sumBegin[p + 1] = partitions.get(p).endSum();
        }
        all.add(new Named("partition_layer", layer));
        all.add(new Named("partition_sum_begin", sumBegin));
    }

    private static void addLists(List<Named> all, String name, Adjacency lists) {
        all.add(new Named(name + "_begin", lists.begin()));
        all.add(new Named(name, lists.items()));
    }
}
