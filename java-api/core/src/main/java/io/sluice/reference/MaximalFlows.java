package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.function.IntFunction;

/**
 * Counts of the edges in the most probable induced sub-circuits of some rows, one sub-circuit for
 * each row: the statistics of Viterbi EM. An induced sub-circuit has the root, all children of each
 * product in it, and one child of each sum in it; its value is the product of its weights and
 * inputs, where a missing cell contributes 1. Of several sub-circuits with the largest value, it is
 * the one that takes at each sum the first edge in parameter order.
 *
 * <p>Immutable; can be shared between threads.
 */
public final class MaximalFlows {
    private final Circuit circuit;
    private final double total;
    private final double[][] counts;

    /**
     * @param counts by the ids of the vectors that own parameters; not copied
     */
    MaximalFlows(Circuit circuit, double total, double[][] counts) {
        this.circuit = circuit;
        this.total = total;
        this.counts = counts;
    }

    /**
     * Computes the flows, in plain Java: kernels decode max-product states, but do not say which
     * edges these use.
     *
     * @param circuit with the parameters to use
     * @param families of the circuit's variables
     * @param count how many rows there are
     * @param rows a row for each number under {@code count}: one value for each variable, NaN where
     *     it is missing
     * @param threads how many compute; the result does not depend on it
     */
    public static MaximalFlows of(
            Circuit circuit,
            VariableFamilies families,
            int count,
            IntFunction<double[]> rows,
            int threads) {
        return new MaximalPass(circuit, families).run(count, rows, threads);
    }

    /** The total, as messages say it. */
    @Override
    public String toString() {
        return "maximal flows of rows whose max-product values sum to " + total + " nats";
    }

    /** Sum of the rows' max-product values, in nats; negative infinity when a row is impossible. */
    public double total() {
        return total;
    }

    /**
     * How many rows' sub-circuits use each edge of a vector, in the order of the circuit's
     * parameter layout; for tied vectors, those of the owner, pooled. For an input vector {@code
     * [statistic row][node]}, what its family adds up for the values that the nodes are used with.
     * An impossible row uses nothing, and a missing value counts nothing.
     *
     * @throws io.sluice.InvalidArgumentException when there is no such sum or input vector
     */
    public double[] flows(int vectorId) {
        return counts[ReferenceParameters.owner(circuit.vectorWithParameters(vectorId))].clone();
    }

    /** Zeros for a vector that owns parameters; nothing for another. */
    static double[] empty(Circuit circuit, NodeVector vector) {
        if (ReferenceParameters.owner(vector) != vector.id()) {
            return new double[0];
        }
        return switch (vector) {
            case ProductVector product -> new double[0];
            case SumVector sum -> new double[Math.toIntExact(circuit.layout().length(sum.id()))];
            case InputVector input ->
                    new double[Math.multiplyExact(input.family().statisticRows(), input.nodes())];
        };
    }
}
