package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Gaussian;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;

/**
 * Expected statistics of EM and the update that they lead to, in float64.
 *
 * <p>For each vector that owns its parameters, pooled over all vectors tied to it: of a sum the
 * flows of its edges, in parameter order; of a finite input the expected counts {@code
 * [category][node]}; of a Gaussian {@code [3][node]}, the sums of F, F x and F x^2. A missing cell
 * adds nothing to its inputs'.
 */
final class ReferenceStatistics {
    private static final int GAUSSIAN_ROWS = 3;

    private final Circuit circuit;
    private final double[][] sums;

    ReferenceStatistics(Circuit circuit) {
        this.circuit = circuit;
        this.sums = new double[circuit.vectors().size()][];
        for (NodeVector vector : circuit.vectors()) {
            int owner = ReferenceParameters.owner(vector);
            sums[vector.id()] = owner == vector.id() ? new double[length(vector)] : sums[owner];
        }
    }

    private int length(NodeVector vector) {
        return vector instanceof InputVector input && input.family() instanceof Gaussian
                ? Math.multiplyExact(GAUSSIAN_ROWS, input.nodes())
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
    void add(ReferenceRow row, NodeVector vector) {
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
                for (int node = 0; node < nodes && !Double.isNaN(x); node++) {
                    double flow = row.flow(input, node);
                    if (input.family().finite()) {
                        total[((int) x) * nodes + node] += flow;
                    } else {
                        total[node] += flow;
                        total[nodes + node] += flow * x;
                        total[2 * nodes + node] += flow * x * x;
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
                for (int node = 0; node < input.nodes(); node++) {
                    if (input.family() instanceof Gaussian family) {
                        updateGaussian(family, input.nodes(), node, theta, flow, step, pseudocount);
                    } else {
                        updateFinite(input, node, theta, flow, step, pseudocount);
                    }
                }
            }
        }
        parameters.takeLogs(vector.id());
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
        long fanIn = 0;
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int first = ReferenceRow.firstIndex(sum, node, e);
            for (int i = first; i < first + sum.childBlockSize(e); i++) {
                total += flow[i];
                fanIn += theta[i] == 0 ? 0 : 1;
            }
        }
        if (total + pseudocount == 0) {
            return;
        }
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int first = ReferenceRow.firstIndex(sum, node, e);
            for (int i = first; i < first + sum.childBlockSize(e); i++) {
                if (theta[i] != 0) {
                    double target = (flow[i] + pseudocount / fanIn) / (total + pseudocount);
                    theta[i] = (1 - step) * theta[i] + step * target;
                }
            }
        }
    }

    private static void updateFinite(
            InputVector input,
            int node,
            double[] theta,
            double[] flow,
            double step,
            double pseudocount) {
        int categories = input.family().categories();
        double total = 0;
        for (int k = 0; k < categories; k++) {
            total += flow[k * input.nodes() + node];
        }
        if (total + pseudocount == 0) {
            return;
        }
        for (int k = 0; k < categories; k++) {
            int i = k * input.nodes() + node;
            double target = (flow[i] + pseudocount / categories) / (total + pseudocount);
            theta[i] = (1 - step) * theta[i] + step * target;
        }
    }

    /** The formula of {@link Gaussian}. */
    private static void updateGaussian(
            Gaussian family,
            int nodes,
            int node,
            double[] theta,
            double[] sums,
            double step,
            double pseudocount) {
        double total = sums[node];
        if (total == 0) {
            return;
        }
        double mean = theta[node];
        double second = mean * mean + theta[nodes + node] * theta[nodes + node];
        double newMean =
                (1 - step) * mean
                        + step * (sums[nodes + node] + pseudocount * mean) / (total + pseudocount);
        double newSecond =
                (1 - step) * second
                        + step
                                * (sums[2 * nodes + node] + pseudocount * second)
                                / (total + pseudocount);
        double floor = family.minimumStandardDeviation();
        theta[node] = newMean;
        theta[nodes + node] = Math.sqrt(Math.max(newSecond - newMean * newMean, floor * floor));
    }
}
