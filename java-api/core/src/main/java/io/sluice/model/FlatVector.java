package io.sluice.model;

import io.sluice.circuit.InputFamily;

/**
 * A node vector of an interchange file after its fields were checked. Edges are between nodes;
 * there are no blocks yet.
 */
sealed interface FlatVector permits FlatVector.Leaves, FlatVector.Products, FlatVector.Mixtures {

    /** Index in the file's list. */
    int id();

    int nodes();

    /** Ids of the children, all smaller than {@link #id}. */
    int[] children();

    /**
     * Inputs.
     *
     * @param owner the first of the vectors that share these parameters; its own id if it shares
     *     none
     * @param values the parameters in the order of the layout: {@code [row][node]}
     */
    record Leaves(int id, int variable, InputFamily family, int nodes, int owner, float[] values)
            implements FlatVector {
        @Override
        public int[] children() {
            return new int[0];
        }
    }

    /**
     * Products.
     *
     * @param edges {@code [node][child]}, node indices inside the children
     */
    record Products(int id, int nodes, int[] children, int[] edges) implements FlatVector {}

    /**
     * Sums. Edges are sorted by node, then child; none occurs twice, and no weight is 0.
     *
     * @param owner the first of the vectors that share these parameters; its own id if it shares
     *     none
     * @param node of each edge
     * @param child of each edge, an index into the concatenation of the children's nodes
     */
    record Mixtures(
            int id,
            int nodes,
            int[] children,
            int childNodes,
            int owner,
            int[] node,
            int[] child,
            float[] weight)
            implements FlatVector {}
}
