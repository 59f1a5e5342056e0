package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;

/**
 * Expected statistics of EM and the update that they lead to, in float64.
 *
 * <p>Each vector that owns its parameters has statistics, pooled over all vectors tied to it. Those
 * of a sum are the flows of its edges, in parameter order; those of an input are what its family
 * adds up. A missing cell adds nothing to the statistics of its inputs.
 */
final class ReferenceStatistics {
    private final Circuit circuit;
    private final VariableFamilies families;
    private final double[][] sums;

    ReferenceStatistics(Circuit circuit, VariableFamilies families) {
        this.circuit = circuit;
        this.families = families;
        this.sums = new double[circuit.vectors().size()][];
        for (NodeVector vector : circuit.vectors()) {
            int owner = ReferenceParameters.owner(vector);
            sums[vector.id()] = owner == vector.id() ? new double[length(vector)] : sums[owner];
        }
    }

    private int length(NodeVector vector) {
        return vector instanceof InputVector input
                ? Math.multiplyExact(input.family().statisticRows(), input.nodes())
                : Math.toIntExact(circuit.layout().length(vector.id()));
    }

    /** Statistics of a vector's owner so far; not to be changed. */
    double[] of(int vectorId) {
        return sums[vectorId];
    }

    void clear() {
        for (double[] sum : sums) {
            Arrays.fill(sum, 0);
        }
    }

    /** Adds a row, whose flows are known, to the statistics of a vector's owner. */
    void add(ReferenceRow row, NodeVector vector, ReferenceParameters parameters) {
        double[] total = sums[vector.id()];
        switch (vector) {
            case ProductVector product -> {}
            case SumVector sum -> {
                for (int node = 0; node < sum.nodes(); node++) {
                    row.eachEdge(sum, node, (index, child, flow) -> total[index] += flow);
                }
            }
            case InputVector input -> {
                double x = row.cells()[input.variable()];
                int nodes = input.nodes();
                double[] theta = parameters.of(input.id());
                for (int node = 0; node < nodes && !Double.isNaN(x); node++) {
                    double flow = row.flow(input, node);
                    if (flow > 0) {
                        families.of(input)
                                .addStatistics(
                                        NodeValues.of(theta, nodes, node),
                                        x,
                                        flow,
                                        NodeValues.of(total, nodes, node));
                    }
                }
            }
        }
    }

    /** Moves the parameters of a vector that owns them towards the statistics. */
    void update(
            NodeVector vector, ReferenceParameters parameters, double step, double pseudocount) {
        double[] theta = parameters.of(vector.id());
        double[] flow = sums[vector.id()];
        switch (vector) {
            case ProductVector product -> {}
            case SumVector sum -> {
                for (int node = 0; node < sum.nodes(); node++) {
                    updateSum(sum, node, theta, flow, step, pseudocount);
                }
            }
            case InputVector input -> {
                int nodes = input.nodes();
                for (int node = 0; node < nodes; node++) {
                    input.family()
                            .update(
                                    NodeValues.of(theta, nodes, node),
                                    NodeValues.of(flow, nodes, node),
                                    step,
                                    pseudocount);
                }
            }
        }
        parameters.round(vector.id());
    }

    private static void updateSum(
            SumVector sum,
            int node,
            double[] theta,
            double[] flow,
            double step,
            double pseudocount) {
        int block = node / sum.blockSize();
        double total = 0;
        double weights = 0;
        long fanIn = 0;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int first = ReferenceRow.firstIndex(sum, node, e);
            for (int i = first; i < first + sum.childBlockSize(e); i++) {
                total += flow[i];
                weights += theta[i];
                fanIn += theta[i] == 0 ? 0 : 1;
            }
        }
        if (total + pseudocount < Parameters.SMALLEST_FLOW) {
            return;
        }
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int first = ReferenceRow.firstIndex(sum, node, e);
            for (int i = first; i < first + sum.childBlockSize(e); i++) {
                if (theta[i] != 0) {
                    double target = (flow[i] + pseudocount / fanIn) / (total + pseudocount);
                    theta[i] =
                            Parameters.learnedWeight(
                                    (1 - step) * theta[i] / weights + step * target);
                }
            }
        }
    }
}
