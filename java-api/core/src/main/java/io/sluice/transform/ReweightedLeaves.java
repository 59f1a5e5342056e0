package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A circuit whose inputs with tables of probabilities are multiplied by a function of their
 * variable, and whose parameters need not be normalised. A forward pass in float64 log space sums
 * every node over all rows; these sums normalise the parameters.
 */
final class ReweightedLeaves implements Rescaling {
    private final Circuit circuit;
    private final Parameters parameters;
    private final double[] @Nullable [] factors; // [variable][category]; null for ones
    private final double[][] log; // [vector][node]

    private ReweightedLeaves(
            Circuit circuit, Parameters parameters, double[] @Nullable [] factors) {
        this.circuit = circuit;
        this.parameters = parameters;
        this.factors = factors;
        this.log = new double[circuit.vectors().size()][];
        for (NodeVector vector : circuit.vectors()) {
            log[vector.id()] =
                    switch (vector) {
                        case InputVector input -> inputs(input);
                        case ProductVector product -> products(product);
                        case SumVector sum -> sums(sum);
                    };
        }
    }

    /**
     * Normalises {@code circuit(x; parameters) prod_v factors[v][x_v]}.
     *
     * @param factors {@code [variable][category]}, null for a variable that has none
     */
    static Normalised normalised(
            Circuit circuit, Parameters parameters, double[] @Nullable [] factors, String what) {
        ReweightedLeaves values = new ReweightedLeaves(circuit, parameters, factors);
        double constant = values.logValue(circuit.root(), 0);
        if (constant == Double.NEGATIVE_INFINITY) {
            throw new InvalidArgumentException(
                    what + " make every row impossible: give some that leave one possible");
        }
        int[] variables = new int[circuit.variables()];
        Arrays.setAll(variables, v -> v);
        Assembly assembly = new Assembly();
        NodeVector root = new Rewriting(circuit, parameters, variables, values, assembly).root();
        return new Normalised(constant, assembly.build(root));
    }

    private double[] inputs(InputVector input) {
        double[] logs = new double[input.nodes()];
        if (input.family().kernel() != LeafKernel.PROBABILITIES) {
            return logs;
        }
        double[] totals = new double[input.nodes()];
        for (int k = 0; k < input.family().categories(); k++) {
            for (int i = 0; i < totals.length; i++) {
                totals[i] += weighted(input, k, i);
            }
        }
        Arrays.setAll(logs, i -> Math.log(totals[i]));
        return logs;
    }

    private double weighted(InputVector input, int category, int node) {
        double theta = parameter(input, (long) category * input.nodes() + node);
        double[] factor = factors[input.variable()];
        return factor == null ? theta : theta * factor[category];
    }

    private double parameter(NodeVector vector, long index) {
        float theta = parameters.get(circuit.layout().offset(vector.id()) + index);
        if (!(theta >= 0) || Float.isInfinite(theta)) {
            throw new InvalidArgumentException(
                    "parameter "
                            + index
                            + " of "
                            + vector
                            + " is "
                            + theta
                            + ": give finite numbers of at least 0");
        }
        return theta;
    }

    private double[] products(ProductVector product) {
        int size = product.blockSize();
        double[] logs = new double[product.nodes()];
        for (int j = 0; j < product.children().size(); j++) {
            double[] child = log[product.children().get(j).id()];
            for (int i = 0; i < logs.length; i++) {
                logs[i] += child[product.childBlock(i / size, j) * size + i % size];
            }
        }
        return logs;
    }

    private double[] sums(SumVector sum) {
        double[] logs = new double[sum.nodes()];
        Arrays.fill(logs, Double.NEGATIVE_INFINITY);
        for (int e = 0; e < sum.tiles(); e++) {
            int firstNode = sum.parentBlock(e) * sum.blockSize();
            int width = sum.childBlockSize(e);
            double[] child = log[sum.childVector(e).id()];
            int firstChild = sum.childBlockInVector(e) * width;
            for (int row = 0; row < sum.blockSize(); row++) {
                long index = sum.tileStart(e) + (long) row * width;
                for (int column = 0; column < width; column++) {
                    double term =
                            Math.log(parameter(sum, index + column)) + child[firstChild + column];
                    logs[firstNode + row] = logAdd(logs[firstNode + row], term);
                }
            }
        }
        return logs;
    }

    private static double logAdd(double a, double b) {
        double larger = Math.max(a, b);
        return larger == Double.NEGATIVE_INFINITY
                ? larger
                : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
    }

    /** A vector whose nodes sum to one keeps its parameters and stays tied. */
    @Override
    public boolean changes(NodeVector vector) {
        return switch (vector) {
            case InputVector input ->
                    factors[input.variable()] != null
                            || !Arrays.stream(log[input.id()]).allMatch(ReweightedLeaves::isOne);
            case ProductVector product -> false;
            case SumVector sum ->
                    !Arrays.stream(log[sum.id()]).allMatch(ReweightedLeaves::isOne)
                            || sum.children().stream()
                                    .flatMapToDouble(child -> Arrays.stream(log[child.id()]))
                                    .anyMatch(value -> !isOne(value));
        };
    }

    /** Whether a node sums to one, up to the rounding of its parameters to float32. */
    private static boolean isOne(double logValue) {
        return Math.abs(logValue) <= 1e-6;
    }

    @Override
    public double logValue(NodeVector vector, int node) {
        return log[vector.id()][node];
    }

    @Override
    public void writeInput(InputVector input, MemorySegment slice) {
        for (int k = 0; k < input.family().categories(); k++) {
            for (int i = 0; i < input.nodes(); i++) {
                long index = (long) k * input.nodes() + i;
                double logTotal = log[input.id()][i];
                double share =
                        logTotal == Double.NEGATIVE_INFINITY // never visited
                                ? circuit.parameters()
                                        .get(circuit.layout().offset(input.id()) + index)
                                : weighted(input, k, i) / Math.exp(logTotal);
                slice.setAtIndex(JAVA_FLOAT, index, Parameters.nearestWeight(share));
            }
        }
    }
}
