package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Means and covariances of all variables given one row of evidence. A finite variable counts with
 * its category number; an observed one is a point mass. NaN where a leaf has no mean.
 *
 * <p>The covariance of two variables is the expectation of a product of functions of single
 * variables, which a decomposable circuit computes if these functions replace its inputs (Choi,
 * Vergari and Van den Broeck 2020, section 5.1). For each missing variable {@code i}, an forward
 * pass finds the expectation of {@code x_i - mean_i} under every node, and a backward pass its
 * derivatives by all inputs, which give the covariances of {@code i} with every other variable.
 * Float64; time is that of a pass for each missing variable. Immutable.
 */
public final class Moments {
    private final double[] mean;
    private final double[][] covariance;

    private Moments(double[] mean, double[][] covariance) {
        this.mean = mean;
        this.covariance = covariance;
    }

    /**
     * Computes the moments.
     *
     * @param row one value for each variable, NaN where it is missing
     * @throws io.sluice.InvalidArgumentException when the row does not fit the circuit or has
     *     probability zero
     */
    public static Moments given(Circuit circuit, double... row) {
        return new Computation(circuit, NodeVisits.of(circuit, row), row.clone()).moments();
    }

    /** How many variables there are. */
    @Override
    public String toString() {
        return "means and covariances of " + mean.length + " variables";
    }

    /** Conditional mean of a variable. */
    public double mean(int variable) {
        return mean[variable];
    }

    /** Conditional variance of a variable, at least 0. */
    public double variance(int variable) {
        return covariance[variable][variable];
    }

    /** Conditional covariance of two variables; 0 when one of them is observed. */
    public double covariance(int first, int second) {
        return covariance[first][second];
    }

    /** The passes for one row. */
    private static final class Computation {
        private final Circuit circuit;
        private final NodeVisits visits;
        private final double[] row;
        private final double[][] share; // of each sum's edges: theta_nc c / n
        private final double[][] expected; // of the current function, under each node
        private final double[][] derivative; // of the root's expectation, by each node's
        private final List<List<InputVector>> inputs = new ArrayList<>(); // of each variable

        Computation(Circuit circuit, NodeVisits visits, double[] row) {
            this.circuit = circuit;
            this.visits = visits;
            this.row = row;
            int vectors = circuit.vectors().size();
            share = new double[vectors][];
            expected = new double[vectors][];
            derivative = new double[vectors][];
            for (int v = 0; v < row.length; v++) {
                inputs.add(new ArrayList<>());
            }
            for (NodeVector vector : circuit.vectors()) {
                expected[vector.id()] = new double[vector.nodes()];
                derivative[vector.id()] = new double[vector.nodes()];
                if (vector instanceof SumVector sum) {
                    share[sum.id()] = shares(sum);
                } else if (vector instanceof InputVector input) {
                    inputs.get(input.variable()).add(input);
                }
            }
        }

        private double[] shares(SumVector sum) {
            double[] shares = new double[Math.toIntExact(sum.parameters())];
            long offset = circuit.layout().offset(sum.id());
            eachEdge(
                    sum,
                    (index, node, child, childNode) -> {
                        double own = visits.logValue(sum, node);
                        double theta = circuit.parameters().get(offset + index);
                        if (theta != 0 && own != Double.NEGATIVE_INFINITY) {
                            double log = Math.log(theta) + visits.logValue(child, childNode) - own;
                            shares[index] = Math.exp(log);
                        }
                    });
            return shares;
        }

        Moments moments() {
            int variables = row.length;
            double[] mean = row.clone();
            double[][] covariance = new double[variables][variables];
            for (int v = 0; v < variables; v++) {
                if (Double.isNaN(row[v])) {
                    mean[v] = 0;
                    for (InputVector input : inputs.get(v)) {
                        for (int i = 0; i < input.nodes(); i++) {
                            mean[v] += visits.probability(input, i) * leafMean(input, i);
                        }
                    }
                }
            }
            for (int v = 0; v < variables; v++) {
                if (Double.isNaN(row[v])) {
                    forward(v, mean[v]);
                    backward();
                    for (int w = 0; w < variables; w++) {
                        if (w != v && Double.isNaN(row[w])) {
                            covariance[v][w] = centred(w, mean[w]);
                        }
                    }
                    covariance[v][v] = variance(v, mean[v]);
                }
            }
            return new Moments(mean, covariance);
        }

        private double variance(int variable, double mean) {
            double variance = 0;
            for (InputVector input : inputs.get(variable)) {
                for (int i = 0; i < input.nodes(); i++) {
                    double apart = leafMean(input, i) - mean;
                    variance +=
                            visits.probability(input, i) * (leafVariance(input, i) + apart * apart);
                }
            }
            return variance;
        }

        private double centred(int variable, double mean) {
            double total = 0;
            for (InputVector input : inputs.get(variable)) {
                for (int i = 0; i < input.nodes(); i++) {
                    total += derivative[input.id()][i] * (leafMean(input, i) - mean);
                }
            }
            return total;
        }

        private void forward(int variable, double mean) {
            for (NodeVector vector : circuit.vectors()) {
                double[] values = expected[vector.id()];
                switch (vector) {
                    case InputVector input -> {
                        boolean chosen = input.variable() == variable;
                        Arrays.setAll(values, i -> chosen ? leafMean(input, i) - mean : 1);
                    }
                    case ProductVector product ->
                            Arrays.setAll(
                                    values,
                                    i -> productWithout(product, i, product.children().size()));
                    case SumVector sum -> {
                        Arrays.fill(values, 0);
                        if (!sum.scope().contains(variable)) {
                            Arrays.fill(values, 1);
                            continue;
                        }
                        eachEdge(
                                sum,
                                (index, node, child, childNode) ->
                                        values[node] +=
                                                share[sum.id()][index]
                                                        * expected[child.id()][childNode]);
                    }
                }
            }
        }

        private double productWithout(ProductVector product, int node, int left) {
            double value = 1;
            for (int j = 0; j < product.children().size(); j++) {
                if (j != left) {
                    value *= expected[product.children().get(j).id()][childNode(product, node, j)];
                }
            }
            return value;
        }

        private static int childNode(ProductVector product, int node, int j) {
            int size = product.blockSize();
            return product.childBlock(node / size, j) * size + node % size;
        }

        private void backward() {
            for (double[] values : derivative) {
                Arrays.fill(values, 0);
            }
            derivative[circuit.root().id()][0] = 1;
            List<NodeVector> vectors = circuit.vectors();
            for (int id = vectors.size() - 1; id >= 0; id--) {
                double[] own = derivative[id];
                switch (vectors.get(id)) {
                    case InputVector input -> {}
                    case ProductVector product -> {
                        for (int i = 0; i < product.nodes(); i++) {
                            for (int j = 0; own[i] != 0 && j < product.children().size(); j++) {
                                derivative[product.children().get(j).id()][
                                                childNode(product, i, j)] +=
                                        own[i] * productWithout(product, i, j);
                            }
                        }
                    }
                    case SumVector sum ->
                            eachEdge(
                                    sum,
                                    (index, node, child, childNode) ->
                                            derivative[child.id()][childNode] +=
                                                    own[node] * share[sum.id()][index]);
                }
            }
        }

        private double leafMean(InputVector input, int node) {
            return visits.distribution(input, node).mean();
        }

        private double leafVariance(InputVector input, int node) {
            return visits.distribution(input, node).variance();
        }

        /** Receives an edge of a sum vector. */
        @FunctionalInterface
        private interface Edge {
            void accept(int index, int node, NodeVector child, int childNode);
        }

        private static void eachEdge(SumVector sum, Edge visitor) {
            for (int e = 0; e < sum.tiles(); e++) {
                NodeVector child = sum.childVector(e);
                int width = child.blockSize();
                int firstNode = sum.parentBlock(e) * sum.blockSize();
                int firstChild = sum.childBlockInVector(e) * width;
                int index = (int) sum.tileStart(e);
                for (int i = 0; i < sum.blockSize(); i++) {
                    for (int j = 0; j < width; j++, index++) {
                        visitor.accept(index, firstNode + i, child, firstChild + j);
                    }
                }
            }
        }
    }
}
