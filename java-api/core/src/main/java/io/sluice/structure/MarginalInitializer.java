package io.sluice.structure;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.RandomStreams;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Starts inputs near the marginals of their variables, where learning has less far to go than from
 * noise, and sums at random. A category's probability is the smoothed marginal times log-normal
 * noise, normalised; other inputs start as their families do around the column's mean and
 * deviation.
 */
final class MarginalInitializer implements ParameterInitializer {
    private static final double SMOOTHING = 1;

    /**
     * Standard deviation of the logarithm of the noise: nodes must differ for learning to start.
     */
    private static final double NOISE = 1;

    private final Marginals marginals;
    private final boolean pooled;
    private final long seed;
    private final ParameterInitializer random;

    /**
     * @param pooled whether the marginals have one column that stands for all variables
     */
    MarginalInitializer(Marginals marginals, boolean pooled, long seed) {
        this.marginals = marginals;
        this.pooled = pooled;
        this.seed = seed;
        this.random = ParameterInitializer.random(seed);
    }

    @Override
    public void fill(NodeVector vector, MemorySegment slice) {
        if (!(vector instanceof InputVector input)) {
            random.fill(vector, slice);
            return;
        }
        int variable = pooled ? 0 : input.variable();
        if (input.family().kernel() == LeafKernel.PROBABILITIES
                && marginals.hasCategories(variable, input.family().categories())) {
            fillFinite(input, variable, slice);
        } else {
            fillByFamily(input, variable, slice);
        }
    }

    private void fillFinite(InputVector input, int variable, MemorySegment slice) {
        int nodes = input.nodes();
        int categories = input.family().categories();
        IntStream.range(0, categories)
                .parallel()
                .forEach(
                        k -> {
                            SplittableRandom noise = noise(input, k);
                            double mass = marginals.probability(variable, k, SMOOTHING);
                            for (int i = 0; i < nodes; i++) {
                                double p = mass * StrictMath.exp(NOISE * noise.nextGaussian());
                                slice.setAtIndex(JAVA_FLOAT, (long) k * nodes + i, (float) p);
                            }
                        });
        double[] totals = new double[nodes];
        for (int k = 0; k < categories; k++) {
            for (int i = 0; i < nodes; i++) {
                totals[i] += slice.getAtIndex(JAVA_FLOAT, (long) k * nodes + i);
            }
        }
        for (int k = 0; k < categories; k++) {
            for (int i = 0; i < nodes; i++) {
                long index = (long) k * nodes + i;
                double p = slice.getAtIndex(JAVA_FLOAT, index) / totals[i];
                slice.setAtIndex(JAVA_FLOAT, index, (float) p);
            }
        }
    }

    private void fillByFamily(InputVector input, int variable, MemorySegment slice) {
        Marginal marginal =
                new Marginal(marginals.mean(variable), marginals.standardDeviation(variable));
        SplittableRandom noise = noise(input, 0);
        for (int node = 0; node < input.nodes(); node++) {
            input.family().start(NodeValues.of(slice, input.nodes(), node), marginal, noise);
        }
    }

    /** A generator for each row of each vector, so that the number of threads changes nothing. */
    private SplittableRandom noise(InputVector input, int row) {
        return RandomStreams.of(seed, row, input.id());
    }
}
