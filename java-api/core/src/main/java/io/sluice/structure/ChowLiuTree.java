package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;

import java.util.Arrays;

/**
 * A tree over all variables. A tree that is learned from data is the maximum spanning tree of
 * pairwise mutual information, which has the greatest likelihood of all tree-shaped models (Chow
 * and Liu 1968). Its root is its centre, which keeps circuits shallow.
 *
 * <p>Immutable.
 */
public final class ChowLiuTree {
    /** The {@link #parent} of the root. */
    public static final int NO_PARENT = -1;

    private final int[] parents;
    private final int[] order;
    private final int[][] children;
    private final double[] information;
    private final int depth;

    /**
     * @param parents of each variable, {@link #NO_PARENT} for one of them
     * @param information mutual information of each variable with its parent, in nats
     */
    ChowLiuTree(int[] parents, double[] information) {
        this.parents = parents;
        this.information = information;
        this.children = children(parents);
        this.order = breadthFirst(parents, children);
        int[] depths = new int[parents.length];
        int deepest = 0;
        for (int variable : order) {
            if (parents[variable] != NO_PARENT) {
                depths[variable] = depths[parents[variable]] + 1;
                deepest = Math.max(deepest, depths[variable]);
            }
        }
        this.depth = deepest;
    }

    /**
     * Learns the tree of a data set with the default settings.
     *
     * @see ChowLiuTreeBuilder
     */
    public static ChowLiuTree of(Dataset data) {
        return builder(data).build();
    }

    /** Learns the tree of a data set with settings. */
    public static ChowLiuTreeBuilder builder(Dataset data) {
        return new ChowLiuTreeBuilder(data);
    }

    /**
     * A given tree.
     *
     * @param parents of each variable, {@link #NO_PARENT} for exactly one of them
     * @throws InvalidArgumentException when these are not the parents of one tree
     */
    public static ChowLiuTree ofParents(int... parents) {
        int[] copy = parents.clone();
        int roots = 0;
        for (int variable = 0; variable < copy.length; variable++) {
            if (copy[variable] < NO_PARENT || copy[variable] >= copy.length) {
                throw new InvalidArgumentException(
                        "variable "
                                + variable
                                + " has the parent "
                                + copy[variable]
                                + ", expected a variable from 0 to "
                                + (copy.length - 1)
                                + ", or -1 for the root");
            }
            roots += copy[variable] == NO_PARENT ? 1 : 0;
        }
        if (roots != 1) {
            throw new InvalidArgumentException(
                    "the parents of "
                            + copy.length
                            + " variables name "
                            + roots
                            + " roots, expected 1");
        }
        ChowLiuTree tree = new ChowLiuTree(copy, new double[copy.length]);
        if (tree.order.length < copy.length) {
            throw new InvalidArgumentException(
                    "the parents form a cycle: only "
                            + tree.order.length
                            + " of "
                            + copy.length
                            + " variables descend from the root");
        }
        return tree;
    }

    /**
     * The same edges with another root.
     *
     * @param root a variable of the tree
     * @throws InvalidArgumentException when it is none
     */
    public ChowLiuTree rootedAt(int root) {
        if (root < 0 || root >= parents.length) {
            throw new InvalidArgumentException(
                    "a root "
                            + root
                            + " for a tree of "
                            + parents.length
                            + " variables: give one from 0 to "
                            + (parents.length - 1));
        }
        int[] turned = parents.clone();
        double[] turnedInformation = information.clone();
        // only the edges between the old and the new root change direction
        double above = 0;
        int below = NO_PARENT;
        for (int v = root; v != NO_PARENT; v = parents[v]) {
            turned[v] = below;
            turnedInformation[v] = above;
            above = information[v];
            below = v;
        }
        return new ChowLiuTree(turned, turnedInformation);
    }

    /** Number of variables. */
    public int variables() {
        return parents.length;
    }

    /** The variable at the root. */
    public int root() {
        return order[0];
    }

    /** Parent of a variable; {@link #NO_PARENT} for the root. */
    public int parent(int variable) {
        return parents[variable];
    }

    /** Children of a variable, ascending, in a new array. */
    public int[] children(int variable) {
        return children[variable].clone();
    }

    /** All variables, each after its parent, in a new array. */
    public int[] order() {
        return order.clone();
    }

    /** Edges on the longest path from the root to a leaf. */
    public int depth() {
        return depth;
    }

    /**
     * Estimated mutual information of a variable with its parent, in nats; 0 for the root and for a
     * given tree.
     */
    public double mutualInformation(int variable) {
        return information[variable];
    }

    private static int[][] children(int[] parents) {
        int[] counts = new int[parents.length];
        for (int parent : parents) {
            if (parent != NO_PARENT) {
                counts[parent]++;
            }
        }
        int[][] children = new int[parents.length][];
        for (int variable = 0; variable < parents.length; variable++) {
            children[variable] = new int[counts[variable]];
        }
        for (int variable = parents.length - 1; variable >= 0; variable--) {
            if (parents[variable] != NO_PARENT) {
                children[parents[variable]][--counts[parents[variable]]] = variable;
            }
        }
        return children;
    }

    /** The variables that descend from the root, level by level. */
    private static int[] breadthFirst(int[] parents, int[][] children) {
        int[] order = new int[parents.length];
        int filled = 0;
        for (int variable = 0; variable < parents.length && filled == 0; variable++) {
            if (parents[variable] == NO_PARENT) {
                order[filled++] = variable;
            }
        }
        for (int next = 0; next < filled; next++) {
            for (int child : children[order[next]]) {
                order[filled++] = child;
            }
        }
        return Arrays.copyOf(order, filled);
    }
}
