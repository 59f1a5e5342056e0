package io.sluice.learning;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Coordinates of one vector's parameters in which every step leads to valid parameters. For sums
 * these are the logarithms of the weights, normalised afterwards (a softmax); for inputs they are
 * those of their {@linkplain io.sluice.circuit.InputFamily#gradient family}.
 *
 * <p>With F the flows, the gradient of the log-likelihood is, for weights, {@code F_nc - theta_nc
 * F_n}. A weight of exactly zero is no edge: it has no gradient and stays zero.
 */
final class LogParameters {
    private final NodeVector vector;
    private final MemorySegment theta;

    /**
     * @param vector of sums or inputs, which owns its parameters
     * @param theta parameters of the vector
     */
    LogParameters(NodeVector vector, MemorySegment theta) {
        this.vector = vector;
        this.theta = theta;
    }

    private double theta(int index) {
        return theta.getAtIndex(JAVA_FLOAT, index);
    }

    private double[] all() {
        double[] all = new double[Math.toIntExact(theta.byteSize() / Float.BYTES)];
        Arrays.setAll(all, this::theta);
        return all;
    }

    /**
     * The gradient, in parameter order.
     *
     * @param flows as {@link io.sluice.runtime.Engine#flows} gives them
     */
    double[] gradient(double[] flows) {
        return switch (vector) {
            case SumVector sum -> gradient(sum, flows);
            case InputVector input -> gradient(input, flows);
            case ProductVector product -> throw new IllegalStateException(product.toString());
        };
    }

    private double[] gradient(SumVector sum, double[] flows) {
        double[] gradient = new double[flows.length];
        double[] totals = new double[sum.nodes()];
        SumWeights.each(sum, (node, i) -> totals[node] += flows[i]);
        SumWeights.each(
                sum,
                (node, i) -> gradient[i] = theta(i) == 0 ? 0 : flows[i] - theta(i) * totals[node]);
        return gradient;
    }

    private double[] gradient(InputVector input, double[] flows) {
        int nodes = input.nodes();
        double[] parameters = all();
        double[] gradient = new double[parameters.length];
        for (int node = 0; node < nodes; node++) {
            input.family()
                    .gradient(
                            NodeValues.of(parameters, nodes, node),
                            NodeValues.of(flows, nodes, node),
                            NodeValues.of(gradient, nodes, node));
        }
        return gradient;
    }

    /** Writes the parameters that a step in these coordinates leads to. */
    void move(double[] step, MemorySegment changed) {
        switch (vector) {
            case SumVector sum -> move(sum, step, changed);
            case InputVector input -> move(input, step, changed);
            case ProductVector product -> throw new IllegalStateException(product.toString());
        }
    }

    private void move(InputVector input, double[] step, MemorySegment changed) {
        int nodes = input.nodes();
        double[] parameters = all();
        for (int node = 0; node < nodes; node++) {
            input.family()
                    .move(NodeValues.of(parameters, nodes, node), NodeValues.of(step, nodes, node));
        }
        for (int i = 0; i < parameters.length; i++) {
            changed.setAtIndex(JAVA_FLOAT, i, (float) parameters[i]);
        }
    }

    private void move(SumVector sum, double[] step, MemorySegment changed) {
        double[] largest = new double[sum.nodes()];
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        SumWeights.each(
                sum,
                (node, i) -> {
                    if (theta(i) > 0) {
                        largest[node] = Math.max(largest[node], step[i]);
                    }
                });
        double[] totals = new double[sum.nodes()];
        SumWeights.each(sum, (node, i) -> totals[node] += moved(i, step[i] - largest[node]));
        SumWeights.each(
                sum,
                (node, i) -> {
                    double weight = moved(i, step[i] - largest[node]) / totals[node];
                    // a tiny weight must not become zero, which would remove the edge
                    double kept = theta(i) == 0 ? 0 : Parameters.learnedWeight(weight);
                    changed.setAtIndex(JAVA_FLOAT, i, (float) kept);
                });
    }

    private double moved(int index, double step) {
        return theta(index) == 0 ? 0 : theta(index) * StrictMath.exp(step);
    }
}
