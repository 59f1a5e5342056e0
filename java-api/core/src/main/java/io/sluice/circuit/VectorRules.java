package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules that vectors of nodes must meet to become part of a circuit: sums are smooth, products
 * are decomposable, blocks fit, and no number overflows. Each check throws an {@link
 * InvalidArgumentException} whose message names the vectors.
 */
final class VectorRules {
    /** Keeps offsets of parameters from overflowing; far beyond any memory. */
    private static final long MOST_PARAMETERS = 1L << 44;

    private VectorRules() {}

    /** A vector as messages name it: kind, id, shape, and what else matters. */
    static String name(String kind, NodeVector vector, String more) {
        return kind
                + " "
                + vector.id()
                + " ("
                + vector.nodes()
                + " nodes in blocks of "
                + vector.blockSize()
                + ", "
                + more
                + ")";
    }

    static void checkShape(String what, int nodes, int blockSize) {
        if (nodes < 1 || blockSize < 1 || nodes % blockSize != 0) {
            throw new InvalidArgumentException(
                    what
                            + " of "
                            + nodes
                            + " nodes in blocks of "
                            + blockSize
                            + ": expected at least 1 node and a block size that divides the number"
                            + " of nodes");
        }
    }

    /** The union of scopes that are pairwise disjoint, of children with blocks of one size. */
    static Scope decomposed(List<NodeVector> children) {
        NodeVector first = children.get(0);
        Scope scope = first.scope();
        for (int j = 1; j < children.size(); j++) {
            NodeVector child = children.get(j);
            if (child.blockSize() != first.blockSize()) {
                throw new InvalidArgumentException(
                        "a product of "
                                + first
                                + " and "
                                + child
                                + ": the children have different block sizes; build them with one");
            }
            if (child.scope().intersects(scope)) {
                throw new InvalidArgumentException(notDecomposable(children, j));
            }
            scope = scope.union(child.scope());
        }
        return scope;
    }

    private static String notDecomposable(List<NodeVector> children, int offender) {
        NodeVector second = children.get(offender);
        NodeVector first = second;
        for (int j = 0; j < offender; j++) {
            if (children.get(j).scope().intersects(second.scope())) {
                first = children.get(j);
                break;
            }
        }
        return "a product of "
                + first
                + " and "
                + second
                + " is not decomposable: their scopes share variables; multiply only vectors over"
                + " disjoint variables";
    }

    /**
     * @param nodes of a sum vector over the children
     */
    static void checkSmooth(List<NodeVector> children, int nodes) {
        NodeVector first = children.get(0);
        Set<NodeVector> seen = new HashSet<>();
        double childNodes = 0;
        for (NodeVector child : children) {
            childNodes += child.nodes();
            if (!child.scope().equals(first.scope())) {
                throw new InvalidArgumentException(
                        "a sum of "
                                + first
                                + " and "
                                + child
                                + " is not smooth: their scopes differ; sum only vectors over the"
                                + " same variables");
            }
            if (!seen.add(child)) {
                throw new InvalidArgumentException(
                        "a sum vector has " + child + " as a child twice: list it once");
            }
        }
        if (nodes * childNodes > MOST_PARAMETERS) {
            throw new InvalidArgumentException(
                    "a sum vector of "
                            + nodes
                            + " nodes over "
                            + (long) childNodes
                            + " child nodes: one vector holds at most 2^44 parameters; use fewer"
                            + " nodes");
        }
    }

    /** First block of each child in the concatenation; then the number of blocks. */
    static int[] childStart(List<NodeVector> children) {
        int[] start = new int[children.size() + 1];
        for (int c = 0; c < children.size(); c++) {
            start[c + 1] = count((long) start[c] + children.get(c).blocks(), "child blocks");
        }
        return start;
    }

    /** Checks a number of things in a vector, each with an entry in an array. */
    static int count(long count, String what) {
        if (count > Integer.MAX_VALUE - Long.BYTES) {
            throw new InvalidArgumentException(
                    "a vector with "
                            + count
                            + " "
                            + what
                            + ": one vector holds fewer than 2^31; use larger blocks or more"
                            + " vectors");
        }
        return (int) count;
    }
}
