package io.sluice.structure;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.LogNormalNoise;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.RandomStreams;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Starts inputs near the marginals of their variables, from which learning is shorter than from
 * noise, and sums at random. A category's probability is the smoothed marginal times log-normal
 * noise (nodes must differ for learning to start), normalised; other inputs start as their families
 * do around the column's mean and deviation.
 */
final class MarginalInitializer implements ParameterInitializer {
    private static final double SMOOTHING = 1;

    /** Nodes whose columns a thread draws at a time. */
    private static final int NODES_A_STRIP = 32;

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
        double[] mass = new double[categories];
        for (int k = 0; k < categories; k++) {
            mass[k] = marginals.probability(variable, k, SMOOTHING);
        }
        int strips = (nodes + NODES_A_STRIP - 1) / NODES_A_STRIP;
        IntStream.range(0, strips)
                .parallel()
                .forEach(
                        strip -> {
                            int first = strip * NODES_A_STRIP;
                            int count = Math.min(NODES_A_STRIP, nodes - first);
                            fillStrip(mass, slice, nodes, first, count, noise(input, strip));
                        });
    }

    private static void fillStrip(
            double[] mass,
            MemorySegment slice,
            int nodes,
            int first,
            int count,
            SplittableRandom random) {
        LogNormalNoise noise = new LogNormalNoise(random);
        float[] drawn = new float[Math.multiplyExact(mass.length, count)];
        double[] totals = new double[count];
        for (int k = 0; k < mass.length; k++) {
            noise.fill(drawn, k * count, (k + 1) * count);
            for (int i = 0; i < count; i++) {
                totals[i] += mass[k] * drawn[k * count + i];
            }
        }
        for (int k = 0; k < mass.length; k++) {
            long index = (long) k * nodes + first;
            for (int i = 0; i < count; i++) {
                double p = mass[k] * drawn[k * count + i] / totals[i];
                slice.setAtIndex(JAVA_FLOAT, index + i, (float) p);
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

    /** A generator for each strip of each vector: the number of threads changes nothing. */
    private SplittableRandom noise(InputVector input, int strip) {
        return RandomStreams.of(seed, strip, input.id());
    }
}
