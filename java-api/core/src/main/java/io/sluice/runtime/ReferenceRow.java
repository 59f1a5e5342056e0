package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Gaussian;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * All node values and flows of one row, in log space and float64: the definitions of the design,
 * written down node by node.
 *
 * <pre>
 * upward    product: log n = sum_c log c        sum: log n = log sum_c theta_nc c
 *           input:   log n = log f_n(x), or 0 when x is missing
 * downward  F_root = 1;  product: F_c += F_n;   sum: F_c += F_n theta_nc c / n
 * </pre>
 *
 * Values are held for all nodes of the circuit in one array; an instance is used for one row after the
 * other, by one thread at a time.
 */
final class ReferenceRow {
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

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

    /** Log-value of a node, after an upward pass. */
    double logValue(NodeVector vector, int node) {
        return log[start[vector.id()] + node];
    }

    /** Flow of a node, after a downward pass. */
    double flow(NodeVector vector, int node) {
        return flow[start[vector.id()] + node];
    }

    /** The row of the last upward pass. */
    double[] cells() {
        return cells;
    }

    /**
     * Computes the values of all nodes.
     *
     * @param row one value for each variable, NaN when it is missing
     * @return log of the root
     */
    double upward(double[] row) {
        return upward(row, false);
    }

    /** {@link #upward(double[])} with maxima in place of sums. */
    double upwardMaximum(double[] row) {
        return upward(row, true);
    }

    private double upward(double[] row, boolean maximum) {
        cells = row;
        for (NodeVector vector : circuit.vectors()) {
            for (int node = 0; node < vector.nodes(); node++) {
                log[start[vector.id()] + node] =
                        switch (vector) {
                            case InputVector input -> logInput(input, node);
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

    private double logInput(InputVector input, int node) {
        double x = cells[input.variable()];
        if (Double.isNaN(x)) {
            return 0;
        }
        if (input.family() instanceof Gaussian) {
            double[] values = parameters.of(input.id());
            double deviation = values[input.nodes() + node];
            double z = (x - values[node]) / deviation;
            return -0.5 * z * z - Math.log(deviation) - HALF_LOG_TWO_PI;
        }
        return parameters.logsOf(input.id())[((int) x) * input.nodes() + node];
    }

    private double logProduct(ProductVector product, int node) {
        double total = 0;
        for (int j = 0; j < product.children().size(); j++) {
            total += log[childOfProduct(product, node, j)];
        }
        return total;
    }

    /** Position of the node of child {@code j} that a product node multiplies. */
    private int childOfProduct(ProductVector product, int node, int j) {
        int size = product.blockSize();
        int block = product.childBlock(node / size, j);
        return start[product.children().get(j).id()] + block * size + node % size;
    }

    private double logLargest(SumVector sum, int node) {
        double[] theta = parameters.logsOf(sum.id());
        double largest = Double.NEGATIVE_INFINITY;
        int block = node / sum.blockSize();
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
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
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                total += Math.exp(theta[index + j] + log[child + j] - largest);
            }
        }
        return largest + Math.log(total);
    }

    /** Position of the first child node of an edge block. */
    int firstChild(SumVector sum, int edgeBlock) {
        return start[sum.childVector(edgeBlock).id()]
                + sum.childBlockInVector(edgeBlock) * sum.childBlockSize(edgeBlock);
    }

    /** Index of a node's first parameter in the tile of an edge block. */
    static int firstIndex(SumVector sum, int node, int edgeBlock) {
        int rowInTile = node % sum.blockSize();
        return (int) sum.tileStart(edgeBlock) + rowInTile * sum.childBlockSize(edgeBlock);
    }

    /** Computes the flows of all nodes; an upward pass came before, and the root is not impossible. */
    void downward() {
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
         * @param child position of the child node
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
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
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

    /**
     * The row with its missing cells drawn given the others; an upward pass came before, and the root
     * is not impossible. At a sum the child is drawn with probability {@code theta_nc c / n}.
     */
    double[] drawn(RandomGenerator random) {
        return completed(
                (sum, node) -> drawEdge(sum, node, random),
                (input, node) -> drawInput(input, node, random));
    }

    /**
     * The row with its missing cells decoded after {@link #upwardMaximum}: at a sum the child that
     * attains the maximum, the first of several; at an input its mode.
     */
    double[] decoded() {
        return completed(this::largestEdge, this::mode);
    }

    /** Choices of a walk from the root down to one input for each variable. */
    private double[] completed(ChildChoice childOf, ValueChoice valueOf) {
        double[] row = cells.clone();
        List<NodeVector> vectors = circuit.vectors();
        // Decomposability: a walk comes to each vector at most once.
        int[] chosen = new int[vectors.size()];
        Arrays.fill(chosen, -1);
        chosen[circuit.root().id()] = 0;
        for (int id = vectors.size() - 1; id >= 0; id--) {
            int node = chosen[id];
            if (node < 0) {
                continue;
            }
            switch (vectors.get(id)) {
                case InputVector input -> {
                    if (Double.isNaN(cells[input.variable()])) {
                        row[input.variable()] = valueOf.value(input, node);
                    }
                }
                case ProductVector product -> {
                    for (int j = 0; j < product.children().size(); j++) {
                        int child = product.children().get(j).id();
                        chosen[child] = childOfProduct(product, node, j) - start[child];
                    }
                }
                case SumVector sum -> {
                    int child = childOf.position(sum, node);
                    int vector = Arrays.binarySearch(start, child);
                    vector = vector >= 0 ? vector : -vector - 2;
                    chosen[vector] = child - start[vector];
                }
            }
        }
        return row;
    }

    @FunctionalInterface
    private interface ChildChoice {
        int position(SumVector sum, int node);
    }

    @FunctionalInterface
    private interface ValueChoice {
        double value(InputVector input, int node);
    }

    private int drawEdge(SumVector sum, int node, RandomGenerator random) {
        double left = random.nextDouble();
        double parentLog = logValue(sum, node);
        double[] theta = parameters.logsOf(sum.id());
        int last = -1;
        int block = node / sum.blockSize();
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double share = Math.exp(theta[index + j] + log[child + j] - parentLog);
                if (share > 0) {
                    last = child + j;
                    left -= share;
                    if (left < 0) {
                        return last;
                    }
                }
            }
        }
        return last; // the shares sum to one but for rounding
    }

    private double drawInput(InputVector input, int node, RandomGenerator random) {
        double[] values = parameters.of(input.id());
        if (!input.family().finite()) {
            return values[node] + values[input.nodes() + node] * random.nextGaussian();
        }
        double left = random.nextDouble();
        int last = 0;
        for (int k = 0; k < input.family().categories(); k++) {
            double share = values[k * input.nodes() + node];
            if (share > 0) {
                last = k;
                left -= share;
                if (left < 0) {
                    return k;
                }
            }
        }
        return last;
    }

    private int largestEdge(SumVector sum, int node) {
        double[] theta = parameters.logsOf(sum.id());
        int block = node / sum.blockSize();
        int best = firstChild(sum, sum.edgeStart(block));
        double largest = Double.NEGATIVE_INFINITY;
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int child = firstChild(sum, e);
            int index = firstIndex(sum, node, e);
            for (int j = 0; j < sum.childBlockSize(e); j++) {
                double value = theta[index + j] + log[child + j];
                if (value > largest) {
                    largest = value;
                    best = child + j;
                }
            }
        }
        return best;
    }

    private double mode(InputVector input, int node) {
        double[] values = parameters.of(input.id());
        if (!input.family().finite()) {
            return values[node];
        }
        int best = 0;
        for (int k = 1; k < input.family().categories(); k++) {
            if (values[k * input.nodes() + node] > values[best * input.nodes() + node]) {
                best = k;
            }
        }
        return best;
    }
}
