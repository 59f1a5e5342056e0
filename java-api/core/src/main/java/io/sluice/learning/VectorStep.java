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
 * The step of EM for one vector on the host, with a step size for each node; engines have one step
 * size for all nodes. A weight of exactly zero stays zero.
 */
final class VectorStep {
    private final NodeVector vector;
    private final MemorySegment old;
    private final double[] flows;
    private final double pseudocount;

    /**
     * @param vector sums or inputs that own their parameters
     * @param old parameters of the vector
     * @param flows as {@link io.sluice.runtime.Engine#flows} gives them
     */
    VectorStep(NodeVector vector, MemorySegment old, double[] flows, double pseudocount) {
        this.vector = vector;
        this.old = old;
        this.flows = flows;
        this.pseudocount = pseudocount;
    }

    /** Flow of each node, pseudocount included. */
    double[] totals() {
        int nodes = vector.nodes();
        double[] totals = new double[nodes];
        switch (vector) {
            case SumVector sum -> {
                double[] shares = pseudocountShares(sum);
                // sums exactly the counts that the step applies, so the weights sum to one
                SumWeights.each(sum, (node, i) -> totals[node] += count(node, i, shares));
            }
            case InputVector input -> {
                for (int node = 0; node < nodes; node++) {
                    double flow = input.family().flow(NodeValues.of(flows, nodes, node));
                    totals[node] = flow + pseudocount;
                }
            }
            case ProductVector product -> throw new IllegalStateException(product.toString());
        }
        return totals;
    }

    /** The part of the pseudocount that each edge of a node gets. */
    private double[] pseudocountShares(SumVector sum) {
        double[] shares = new double[sum.nodes()];
        SumWeights.each(sum, (node, i) -> shares[node] += theta(i) == 0 ? 0 : 1);
        for (int node = 0; node < shares.length; node++) {
            shares[node] = pseudocount / shares[node];
        }
        return shares;
    }

    private double count(int node, int index, double[] shares) {
        return theta(index) == 0 ? 0 : flows[index] + shares[node];
    }

    /**
     * Writes the parameters after the step.
     *
     * @param stepSizes of each node, from 0, which keeps its parameters, to 1
     */
    void take(double[] stepSizes, MemorySegment changed) {
        switch (vector) {
            case SumVector sum -> takeSum(sum, stepSizes, changed);
            case InputVector input -> takeInput(input, stepSizes, changed);
            case ProductVector product -> throw new IllegalStateException(product.toString());
        }
    }

    private void takeSum(SumVector sum, double[] stepSizes, MemorySegment changed) {
        double[] shares = pseudocountShares(sum);
        double[] sums = new double[sum.nodes()];
        SumWeights.each(sum, (node, i) -> sums[node] += theta(i));
        double[] totals = totals();
        SumWeights.each(
                sum,
                (node, i) -> {
                    double weight = theta(i);
                    double size = stepSizes[node];
                    if (weight != 0 && size > 0 && totals[node] >= Parameters.SMALLEST_FLOW) {
                        double target = count(node, i, shares) / totals[node];
                        weight =
                                Parameters.learnedWeight(
                                        (1 - size) * weight / sums[node] + size * target);
                    }
                    set(changed, i, weight);
                });
    }

    private void takeInput(InputVector input, double[] stepSizes, MemorySegment changed) {
        int nodes = input.nodes();
        double[] parameters = new double[Math.toIntExact(old.byteSize() / Float.BYTES)];
        Arrays.setAll(parameters, this::theta);
        for (int node = 0; node < nodes; node++) {
            if (stepSizes[node] > 0) {
                input.family()
                        .update(
                                NodeValues.of(parameters, nodes, node),
                                NodeValues.of(flows, nodes, node),
                                stepSizes[node],
                                pseudocount);
            }
        }
        for (int i = 0; i < parameters.length; i++) {
            set(changed, i, parameters[i]);
        }
    }

    private double theta(int index) {
        return old.getAtIndex(JAVA_FLOAT, index);
    }

    /** Rounds as engines do: a number below the normal range of float32 becomes zero. */
    private static void set(MemorySegment changed, int index, double value) {
        float nearest = (float) value;
        changed.setAtIndex(JAVA_FLOAT, index, Math.abs(nearest) < Float.MIN_NORMAL ? 0 : nearest);
    }
}
