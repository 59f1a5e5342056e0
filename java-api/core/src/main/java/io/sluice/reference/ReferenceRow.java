package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;
import java.util.List;

/**
 * All node values and flows of one row, in log space and float64: the definitions, written down
 * node by node.
 *
 * <pre>
 * forward   product: log n = sum_c log c        sum: log n = log sum_c theta_nc c
 *           input:   log n = log f_n(x), or 0 when x is missing
 * backward  F_root = 1;  product: F_c += F_n;   sum: F_c += F_n theta_nc c / n
 * </pre>
 *
 * Values are held for all nodes of the circuit in one array; an instance computes one row after the
 * other, for one thread at a time.
 */
final class ReferenceRow {
    private final Circuit circuit;
    private final ReferenceParameters parameters;
    private final int[] start; // of each vector's nodes
    private final double[] log;
    private final double[] flow;
    private double[] cells = new double[0];

    ReferenceRow(Circuit circuit, ReferenceParameters parameters) {
        this.circuit = circuit;
        this.parameters = parameters;
        this.start = new int[circuit.vectors().size()];
        int nodes = 0;
        for (NodeVector vector : circuit.vectors()) {
            start[vector.id()] = nodes;
            nodes = Math.addExact(nodes, vector.nodes());
        }
        this.log = new double[nodes];
        this.flow = new double[nodes];
    }

    /** Log-value of a node, after a forward pass. */
    double logValue(NodeVector vector, int node) {
        return log[start[vector.id()] + node];
    }

    /** Flow of a node, after a backward pass. */
    double flow(NodeVector vector, int node) {
        return flow[start[vector.id()] + node];
    }

    /** Log-value of a node by its index among all nodes. */
    double logAt(int position) {
        return log[position];
    }

    /** Index of a vector's first node among all nodes. */
    int start(NodeVector vector) {
        return start[vector.id()];
    }

    /** The vector of a node by its index. */
    NodeVector vectorAt(int position) {
        int found = Arrays.binarySearch(start, position);
        return circuit.vectors().get(found >= 0 ? found : -found - 2);
    }

    /** The row of the last forward pass. */
    double[] cells() {
        return cells;
    }

    /**
     * Computes the values of all nodes.
     *
     * @param row one value for each variable, NaN when it is missing
     * @return log of the root
     */
    double forward(double[] row) {
        return forward(row, false);
    }

    /**
     * {@link #forward(double[])} with maxima instead of sums, and missing inputs at their modes.
     */
    double forwardMaximum(double[] row) {
        return forward(row, true);
    }

    private double forward(double[] row, boolean maximum) {
        cells = row;
        for (NodeVector vector : circuit.vectors()) {
            for (int node = 0; node < vector.nodes(); node++) {
                log[start[vector.id()] + node] =
                        switch (vector) {
                            case InputVector input -> logInput(input, node, maximum);
                            case ProductVector product -> logProduct(product, node);
                            case SumVector sum -> {
                                double largest = logLargest(sum, node);
                                yield maximum ? largest : logSum(sum, node, largest);
                            }
                        };
            }
        }
        return logValue(circuit.root(), 0);
    }

    private double logInput(InputVector input, int node, boolean maximum) {
        double x = cells[input.variable()];
        Distribution distribution = parameters.distribution(input, node);
        if (Double.isNaN(x)) {
            return maximum ? distribution.logDensityOfMode() : 0;
        }
        return distribution.logDensity(x);
    }

    private double logProduct(ProductVector product, int node) {
        double total = 0;
        for (int j = 0; j < product.children().size(); j++) {
            total += log[childOfProduct(product, node, j)];
        }
        return total;
    }

    /** Index of the node of child {@code j} that a product node multiplies. */
    int childOfProduct(ProductVector product, int node, int j) {
        int size = product.blockSize();
        int block = product.childBlock(node / size, j);
        return start[product.children().get(j).id()] + block * size + node % size;
    }

    private double logLargest(SumVector sum, int node) {
        double[] theta = parameters.logsOf(sum.id());
        double largest = Double.NEGATIVE_INFINITY;
        int block = node / sum.blockSize();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                largest = Math.max(largest, theta[index + j] + log[child + j]);
            }
        }
        return largest;
    }

    private double logSum(SumVector sum, int node, double largest) {
        if (largest == Double.NEGATIVE_INFINITY) {
            return largest;
        }
        double[] theta = parameters.logsOf(sum.id());
        double total = 0;
        int block = node / sum.blockSize();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                total += Math.exp(theta[index + j] + log[child + j] - largest);
            }
        }
        return largest + Math.log(total);
    }

    /** Index of the first child node of a tile. */
    int firstChild(SumVector sum, int tile) {
        return start[sum.childVector(tile).id()]
                + sum.childBlockInVector(tile) * sum.childBlockSize(tile);
    }

    /** Index of a node's first parameter in a tile. */
    static int firstIndex(SumVector sum, int node, int tile) {
        int rowInTile = node % sum.blockSize();
        return (int) sum.tileStart(tile) + rowInTile * sum.childBlockSize(tile);
    }

    /** Computes the flows of all nodes, after a forward pass of a possible row. */
    void backward() {
        Arrays.fill(flow, 0);
        flow[start[circuit.root().id()]] = 1;
        List<NodeVector> vectors = circuit.vectors();
        for (int id = vectors.size() - 1; id >= 0; id--) {
            switch (vectors.get(id)) {
                case InputVector input -> {}
                case ProductVector product -> {
                    for (int node = 0; node < product.nodes(); node++) {
                        for (int j = 0; j < product.children().size(); j++) {
                            flow[childOfProduct(product, node, j)] += flow[start[id] + node];
                        }
                    }
                }
                case SumVector sum -> {
                    for (int node = 0; node < sum.nodes(); node++) {
                        eachEdge(sum, node, (index, child, edgeFlow) -> flow[child] += edgeFlow);
                    }
                }
            }
        }
    }

    /** Receives an edge of a sum node. */
    @FunctionalInterface
    interface EdgeFlow {
        /**
         * Takes one edge.
         *
         * @param index of the edge's parameter among the vector's
         * @param child index of the child node
         * @param edgeFlow {@code F_n theta_nc c / n}, over 0
         */
        void accept(int index, int child, double edgeFlow);
    }

    /** Visits the edges of a sum node that flow reaches. */
    void eachEdge(SumVector sum, int node, EdgeFlow visitor) {
        double parentFlow = flow(sum, node);
        if (parentFlow == 0) {
            return;
        }
        double parentLog = logValue(sum, node);
        double[] theta = parameters.logsOf(sum.id());
        int block = node / sum.blockSize();
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double share = theta[index + j] + log[child + j] - parentLog;
                if (share != Double.NEGATIVE_INFINITY) {
                    visitor.accept(index + j, child + j, parentFlow * Math.exp(share));
                }
            }
        }
    }
}
