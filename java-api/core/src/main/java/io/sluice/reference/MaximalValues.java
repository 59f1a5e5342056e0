package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;

/**
 * Max-product values of all nodes for a few rows at once, in log space and float64, and the
 * sub-circuits that attain them.
 *
 * <pre>
 * product: log n = sum_c log c      sum: log n = max_c (log theta_nc + log c)
 * </pre>
 *
 * Values are laid out {@code [node][row]}, an array for each node. So the maximum over an edge runs
 * along two arrays, which the JVM's compiler turns into vector instructions. An instance computes
 * one set of rows after the other, for one thread at a time.
 */
final class MaximalValues {
    private final Circuit circuit;
    private final ReferenceParameters parameters;
    private final int[] start; // of each vector's nodes
    private final int width;
    private final double[][] log;

    /**
     * @param width most rows of a set
     */
    MaximalValues(Circuit circuit, ReferenceParameters parameters, int width) {
        this.circuit = circuit;
        this.parameters = parameters;
        this.width = width;
        start = new int[circuit.vectors().size()];
        int nodes = 0;
        for (NodeVector vector : circuit.vectors()) {
            start[vector.id()] = nodes;
            nodes = Math.addExact(nodes, vector.nodes());
        }
        log = new double[nodes][width];
    }

    /**
     * Computes the values.
     *
     * @param rows at most the width; one value for each variable, NaN where it is missing
     */
    void forward(double[][] rows) {
        for (NodeVector vector : circuit.vectors()) {
            for (int node = 0; node < vector.nodes(); node++) {
                double[] to = log[start[vector.id()] + node];
                switch (vector) {
                    case InputVector input -> input(input, node, rows, to);
                    case ProductVector product -> product(product, node, to);
                    case SumVector sum -> sum(sum, node, to);
                }
            }
        }
    }

    /** Value of the root for a row. */
    double root(int row) {
        return log[start[circuit.root().id()]][row];
    }

    private void input(InputVector input, int node, double[][] rows, double[] to) {
        Distribution distribution = parameters.distribution(input, node);
        for (int row = 0; row < rows.length; row++) {
            double x = rows[row][input.variable()];
            to[row] = Double.isNaN(x) ? 0 : distribution.logDensity(x);
        }
    }

    private void product(ProductVector product, int node, double[] to) {
        Arrays.fill(to, 0);
        for (int j = 0; j < product.children().size(); j++) {
            double[] from = log[childOfProduct(product, node, j)];
            for (int row = 0; row < width; row++) {
                to[row] += from[row];
            }
        }
    }

    private int childOfProduct(ProductVector product, int node, int j) {
        int size = product.blockSize();
        int block = product.childBlock(node / size, j);
        return start[product.children().get(j).id()] + block * size + node % size;
    }

    private void sum(SumVector sum, int node, double[] to) {
        Arrays.fill(to, Double.NEGATIVE_INFINITY);
        double[] theta = parameters.logsOf(sum.id());
        int block = node / sum.blockSize();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = ReferenceRow.firstIndex(sum, node, e);
            int columns = sum.childBlockSize(e);
            for (int j = 0; j < columns; j++) {
                largest(to, theta[index + j], log[child + j]);
            }
        }
    }

    private static void largest(double[] to, double weight, double[] from) {
        for (int row = 0; row < to.length; row++) {
            to[row] = Math.max(to[row], weight + from[row]);
        }
    }

    private int firstChild(SumVector sum, int tile) {
        return start[sum.childVector(tile).id()]
                + sum.childBlockInVector(tile) * sum.childBlockSize(tile);
    }

    /**
     * The maximal sub-circuit of a possible row. Decomposability lets it have one node of a vector
     * at most.
     *
     * @param nodes receives its node of each vector, -1 where it has none
     * @param edges receives the index of the chosen edge's parameter, for the sums that it has
     */
    void descend(int row, int[] nodes, int[] edges) {
        Arrays.fill(nodes, -1);
        nodes[circuit.root().id()] = 0;
        for (int id = nodes.length - 1; id >= 0; id--) {
            int node = nodes[id];
            if (node < 0) {
                continue;
            }
            switch (circuit.vectors().get(id)) {
                case InputVector input -> {}
                case ProductVector product -> {
                    for (int j = 0; j < product.children().size(); j++) {
                        int child = product.children().get(j).id();
                        nodes[child] = childOfProduct(product, node, j) - start[child];
                    }
                }
                case SumVector sum -> choose(sum, node, row, nodes, edges);
            }
        }
    }

    private void choose(SumVector sum, int node, int row, int[] nodes, int[] edges) {
        double[] theta = parameters.logsOf(sum.id());
        double largest = Double.NEGATIVE_INFINITY;
        int block = node / sum.blockSize();
        int chosenBlock = -1;
        int chosenColumn = -1;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = ReferenceRow.firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double value = theta[index + j] + log[child + j][row];
                if (value > largest) {
                    largest = value;
                    chosenBlock = e;
                    chosenColumn = j;
                }
            }
        }
        edges[sum.id()] = ReferenceRow.firstIndex(sum, node, chosenBlock) + chosenColumn;
        int child = sum.childVector(chosenBlock).id();
        nodes[child] = firstChild(sum, chosenBlock) + chosenColumn - start[child];
    }
}
