package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Gaussian;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Random weights, probabilities, means and deviations.
 *
 * @param zeroWeights share of a sum's weights that are hard zeros
 * @param zeroCategories share of an input's probabilities that are zero
 * @param spread standard deviation of the logarithm of weights and probabilities
 */
record RandomParameters(long seed, double zeroWeights, double zeroCategories, double spread)
        implements ParameterInitializer {

    /** The smallest weight other than zero. */
    private static final double SMALLEST = 1e-30;

    private static final double MEANS_SPREAD = 3;
    private static final double DEVIATIONS_SPREAD = 0.5;

    /** Centre of the parameters of other families. */
    private static final double MEAN = 2;

    private static final double DEVIATION = 1.5;

    /** A fifth of the weights are zero; the others spread as after learning. */
    RandomParameters(long seed) {
        this(seed, 0.2, 0.05, 1);
    }

    /** The same graph with these parameters. */
    Circuit in(Circuit circuit) {
        ParameterLayout layout = circuit.layout();
        return circuit.withParameters(
                Parameters.filled(
                        circuit.parameters().size(),
                        floats -> {
                            for (NodeVector vector : circuit.vectors()) {
                                if (!(vector instanceof ProductVector)) {
                                    fill(
                                            vector,
                                            floats.asSlice(
                                                    Float.BYTES * layout.offset(vector.id()),
                                                    Float.BYTES * layout.length(vector.id())));
                                }
                            }
                        }));
    }

    /** Index of the probability of each outcome. */
    private interface Indices {
        long of(int outcome);
    }

    @Override
    public void fill(NodeVector vector, MemorySegment slice) {
        SplittableRandom random = new SplittableRandom(seed + vector.id());
        switch (vector) {
            case SumVector sum -> fillSum(sum, slice, random);
            case InputVector input -> fillInput(input, slice, random);
            case ProductVector product -> throw new IllegalArgumentException(product.toString());
        }
    }

    private void fillSum(SumVector sum, MemorySegment slice, SplittableRandom random) {
        for (int node = 0; node < sum.nodes(); node++) {
            long[] indices = indicesOfRow(sum, node);
            fillDistribution(slice, indices.length, i -> indices[i], zeroWeights, random);
        }
    }

    private static long[] indicesOfRow(SumVector sum, int node) {
        int block = node / sum.blockSize();
        int fanIn = 0;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            fanIn += sum.childBlockSize(e);
        }
        long[] indices = new long[fanIn];
        int next = 0;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            int width = sum.childBlockSize(e);
            for (int c = 0; c < width; c++) {
                indices[next++] = sum.tileStart(e) + (long) node % sum.blockSize() * width + c;
            }
        }
        return indices;
    }

    private void fillInput(InputVector input, MemorySegment slice, SplittableRandom random) {
        int nodes = input.nodes();
        for (int node = 0; node < nodes; node++) {
            int column = node;
            if (input.family() instanceof Gaussian) {
                double mean = MEANS_SPREAD * random.nextGaussian();
                double deviation = Math.exp(DEVIATIONS_SPREAD * spread * random.nextGaussian());
                set(slice, column, mean);
                set(slice, (long) nodes + column, Math.max(0.05, deviation));
            } else if (input.family().parameterRows() == input.family().categories()) {
                fillDistribution(
                        slice,
                        input.family().categories(),
                        k -> (long) k * nodes + column,
                        zeroCategories,
                        random);
            } else {
                NodeValues parameters = NodeValues.of(slice, nodes, node);
                input.family().start(parameters, new Marginal(MEAN, DEVIATION), random);
            }
        }
    }

    private void fillDistribution(
            MemorySegment slice,
            int outcomes,
            Indices indices,
            double zeros,
            SplittableRandom random) {
        double[] weights = new double[outcomes];
        int certain = random.nextInt(outcomes);
        double total = 0;
        for (int i = 0; i < outcomes; i++) {
            double weight = Math.exp(spread * random.nextGaussian());
            weights[i] = i != certain && random.nextDouble() < zeros ? 0 : weight;
            total += weights[i];
        }
        for (int i = 0; i < outcomes; i++) {
            double probability = weights[i] / total;
            set(slice, indices.of(i), probability == 0 ? 0 : Math.max(SMALLEST, probability));
        }
    }

    private static void set(MemorySegment slice, long index, double value) {
        slice.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
    }
}
