package io.sluice.structure;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The fully factorised baseline: one product of one input node for each variable, estimated from
 * data. Every other model must be better.
 */
public final class Factorized {
    private static final double LAPLACE = 1;

    private Factorized() {}

    /** {@link #of(Dataset, double)} with a pseudocount of 1. */
    public static Circuit of(Dataset data) {
        return of(data, LAPLACE);
    }

    /**
     * Estimates the marginals of a data set. Categories get {@code (count + alpha) / (rows + alpha
     * K)}; continuous columns get a Gaussian with their mean and standard deviation. Missing cells
     * are left out.
     *
     * @param alpha pseudocount of each category, over 0
     */
    public static Circuit of(Dataset data, double alpha) {
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new InvalidArgumentException(
                    "a pseudocount of " + alpha + ": give a finite number over 0");
        }
        Marginals marginals = Marginals.of(data);
        CircuitBuilder builder = Circuit.builder();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < data.variables(); v++) {
            inputs.add(builder.input(v, marginals.family(v), 1, 1));
        }
        NodeVector root = inputs.size() == 1 ? inputs.get(0) : builder.product(inputs);
        return builder.build(root, new Estimate(marginals, alpha));
    }

    /** Inputs at their marginals. */
    private record Estimate(Marginals marginals, double alpha) implements ParameterInitializer {
        @Override
        public void fill(NodeVector vector, MemorySegment slice) {
            InputVector input = (InputVector) vector; // a product has no parameters
            int variable = input.variable();
            if (input.family().finite()) {
                for (int k = 0; k < input.family().categories(); k++) {
                    slice.setAtIndex(
                            JAVA_FLOAT, k, (float) marginals.probability(variable, k, alpha));
                }
            } else {
                slice.setAtIndex(JAVA_FLOAT, 0, (float) marginals.mean(variable));
                slice.setAtIndex(JAVA_FLOAT, 1, (float) marginals.standardDeviation(variable));
            }
        }
    }
}
