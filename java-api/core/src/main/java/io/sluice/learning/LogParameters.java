package io.sluice.learning;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Gaussian;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Coordinates of one vector's parameters in which every step leads to parameters that are allowed:
 * logarithms of weights and probabilities, normalised afterwards (a softmax); of a Gaussian the
 * mean, in units of the deviation, and the deviation's logarithm.
 *
 * <p>With F the flows, the gradient of the log-likelihood is, for weights and probabilities, {@code
 * F_nc - theta_nc F_n}; for a Gaussian node with the moments N, S1 and S2 of its flow, {@code (S1 -
 * N mean) / deviation} and {@code (S2 - 2 mean S1 + N mean^2) / deviation^2 - N}. A weight of
 * exactly zero is no edge: it has no gradient and stays zero.
 */
final class LogParameters {
    private final NodeVector vector;
    private final MemorySegment theta;

    /**
     * @param vector sums or inputs that own their parameters
     * @param theta parameters of the vector
     */
    LogParameters(NodeVector vector, MemorySegment theta) {
        this.vector = vector;
        this.theta = theta;
    }

    private double theta(int index) {
        return theta.getAtIndex(JAVA_FLOAT, index);
    }

    /** Visits all parameters of a vector without Gaussians, with their nodes. */
    private void each(SumWeights.Task task) {
        switch (vector) {
            case SumVector sum -> SumWeights.each(sum, task);
            case InputVector input -> {
                int count = input.nodes() * input.family().categories();
                for (int i = 0; i < count; i++) {
                    task.run(i % input.nodes(), i);
                }
            }
            case ProductVector product -> throw new IllegalStateException(product.toString());
        }
    }

    /**
     * The gradient, in parameter order.
     *
     * @param flows as {@link io.sluice.runtime.Engine#flows} gives them
     */
    double[] gradient(double[] flows) {
        int nodes = vector.nodes();
        double[] gradient = new double[Math.toIntExact(theta.byteSize() / Float.BYTES)];
        if (vector instanceof InputVector input && input.family() instanceof Gaussian) {
            for (int node = 0; node < nodes; node++) {
                double mean = theta(node);
                double deviation = theta(nodes + node);
                double total = flows[node];
                double first = flows[nodes + node] - total * mean;
                double second =
                        flows[2 * nodes + node]
                                - 2 * mean * flows[nodes + node]
                                + mean * mean * total;
                gradient[node] = first / deviation;
                gradient[nodes + node] = second / (deviation * deviation) - total;
            }
            return gradient;
        }
        double[] totals = new double[nodes];
        each((node, i) -> totals[node] += flows[i]);
        each((node, i) -> gradient[i] = theta(i) == 0 ? 0 : flows[i] - theta(i) * totals[node]);
        return gradient;
    }

    /** Writes the parameters that a step in these coordinates leads to. */
    void move(double[] step, MemorySegment changed) {
        int nodes = vector.nodes();
        if (vector instanceof InputVector input && input.family() instanceof Gaussian family) {
            for (int node = 0; node < nodes; node++) {
                double deviation = theta(nodes + node);
                double mean = theta(node) + deviation * step[node];
                double wider = deviation * StrictMath.exp(step[nodes + node]);
                changed.setAtIndex(JAVA_FLOAT, node, (float) mean);
                changed.setAtIndex(
                        JAVA_FLOAT,
                        nodes + node,
                        (float) Math.max(wider, family.minimumStandardDeviation()));
            }
            return;
        }
        double[] largest = new double[nodes];
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        each((node, i) -> largest[node] = Math.max(largest[node], step[i]));
        double[] totals = new double[nodes];
        each((node, i) -> totals[node] += moved(i, step[i] - largest[node]));
        each(
                (node, i) -> {
                    double weight = moved(i, step[i] - largest[node]) / totals[node];
                    // small is not zero, which would be no edge
                    double kept = theta(i) == 0 ? 0 : Math.max(weight, Float.MIN_NORMAL);
                    changed.setAtIndex(JAVA_FLOAT, i, (float) kept);
                });
    }

    private double moved(int index, double step) {
        return theta(index) * StrictMath.exp(step);
    }
}
