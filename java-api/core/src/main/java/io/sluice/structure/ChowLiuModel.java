package io.sluice.structure;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The plain Chow-Liu tree as a model, estimated from data (Chow and Liu 1968). Every variable
 * depends on its parent in a {@link ChowLiuTree}; there are no latent variables.
 *
 * <pre>
 * p(x) = p(x_root) prod_(v not root) p(x_v | x_parent(v))
 * </pre>
 *
 * The conditional distribution of a variable with B categories is {@code (n_ab + s) / (n_a + s B)},
 * where {@code n_ab} counts rows and s is the smoothing. The root's is the marginal of its joint
 * cells with the first child, {@code (n_a + s B) / (N + s A B)}. Missing cells are marginalised:
 * the estimate then maximises the likelihood of all observed cells, whether or not a row observes
 * their parents, and the root's counts are smoothed by s.
 *
 * <p>As a circuit: a variable without children has a vector of inputs {@code p(x_v | a)}, one for
 * each category a of its parent. Any other has a vector of inputs that are certain of one category
 * each, products of these with the vectors of its children, and a vector of sums {@code p(x_v | a)}
 * over the products. The circuit is deterministic. If it learns further, it stays deterministic
 * only with pseudocount 0, which keeps inputs certain.
 */
public final class ChowLiuModel {
    private static final double LAPLACE = 1;

    private ChowLiuModel() {}

    /**
     * {@link #of(Dataset, ChowLiuTree, double)} on the tree of the same data, with smoothing 1.
     *
     * @throws InvalidArgumentException when a column is continuous
     */
    public static Circuit of(Dataset data) {
        requireCategories(data);
        return of(data, ChowLiuTree.of(data), LAPLACE);
    }

    /**
     * Estimates the distributions of a given tree. Missing cells are marginalised.
     *
     * @param data categorical columns only
     * @param tree over as many variables as the data have columns
     * @param smoothing pseudocount s of each count, finite and over 0
     * @throws InvalidArgumentException if an argument is none of these
     */
    public static Circuit of(Dataset data, ChowLiuTree tree, double smoothing) {
        requireCategories(data);
        if (tree.variables() != data.variables()) {
            throw new InvalidArgumentException(
                    "a tree of "
                            + tree.variables()
                            + " variables, expected "
                            + data.variables()
                            + " as in the data");
        }
        if (!(smoothing > 0) || Double.isInfinite(smoothing)) {
            throw new InvalidArgumentException(
                    "a smoothing of " + smoothing + ": give a finite number over 0");
        }
        return new Assembly(tree, TreeEstimate.of(data, tree, smoothing)).build();
    }

    private static void requireCategories(Dataset data) {
        for (Column column : data.schema().columns()) {
            if (!column.isCategorical()) {
                throw new InvalidArgumentException(
                        "column '"
                                + column.name()
                                + "' is continuous, but a Chow-Liu tree counts categories: give"
                                + " categorical columns, or use a hidden Chow-Liu tree (hclt)");
            }
        }
    }

    /** The circuit of one tree, from the leaves up. */
    private static final class Assembly {
        private final ChowLiuTree tree;
        private final double[][][] estimates; // [variable][category of the parent][category]
        private final CircuitBuilder circuit = Circuit.builder();
        private final Map<NodeVector, double[][]> distributions = new HashMap<>(); // [node][edge]

        Assembly(ChowLiuTree tree, double[][][] estimates) {
            this.tree = tree;
            this.estimates = estimates;
        }

        Circuit build() {
            NodeVector[] conditionals = new NodeVector[tree.variables()];
            int[] order = tree.order();
            for (int i = order.length - 1; i >= 0; i--) { // leaves first
                int v = order[i];
                conditionals[v] = conditional(v, conditionals);
            }
            return circuit.build(conditionals[tree.root()], this::fill);
        }

        /** {@code p(x_v and its descendants | parent)}, a node for each category of the parent. */
        private NodeVector conditional(int variable, NodeVector[] conditionals) {
            double[][] distribution = estimates[variable];
            int nodes = distribution.length;
            int block = BlockSizes.defaultFor(nodes);
            int categories = distribution[0].length;
            int[] children = tree.children(variable);
            NodeVector vector;
            if (children.length == 0) {
                vector = circuit.input(variable, new Categorical(categories), nodes, block);
            } else {
                List<NodeVector> factors = new ArrayList<>();
                factors.add(
                        circuit.input(
                                variable,
                                new Categorical(categories),
                                categories,
                                BlockSizes.defaultFor(categories)));
                distributions.put(factors.get(0), identity(categories));
                for (int child : children) {
                    factors.add(conditionals[child]);
                }
                vector = circuit.sum(List.of(circuit.product(factors)), nodes, block);
            }
            distributions.put(vector, distribution);
            return vector;
        }

        private static double[][] identity(int categories) {
            double[][] certain = new double[categories][categories];
            for (int k = 0; k < categories; k++) {
                certain[k][k] = 1;
            }
            return certain;
        }

        private void fill(NodeVector vector, MemorySegment slice) {
            double[][] distribution = Objects.requireNonNull(distributions.get(vector));
            for (int node = 0; node < distribution.length; node++) {
                for (int k = 0; k < distribution[node].length; k++) {
                    long index =
                            vector instanceof SumVector sum
                                    ? DenseWeights.index(sum, node, k)
                                    : (long) k * distribution.length + node;
                    slice.setAtIndex(JAVA_FLOAT, index, (float) distribution[node][k]);
                }
            }
        }
    }
}
