package io.sluice.circuit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * {@link ParameterInitializer#random}. Blocks of nodes draw from generators of their own, seeded by
 * vector and block, so they can be filled in parallel with the same result.
 */
final class RandomInitializer implements ParameterInitializer {

    private final long seed;

    RandomInitializer(long seed) {
        this.seed = seed;
    }

    @Override
    public void fill(NodeVector vector, MemorySegment slice) {
        IntStream.range(0, vector.blocks())
                .parallel()
                .forEach(
                        block -> {
                            SplittableRandom random = RandomStreams.of(seed, vector.id(), block);
                            switch (vector) {
                                case SumVector sum -> fillSum(sum, block, slice, random);
                                case InputVector input -> fillInput(input, block, slice, random);
                                case ProductVector product -> {}
                            }
                        });
    }

    private static void fillSum(
            SumVector sum, int block, MemorySegment slice, SplittableRandom random) {
        int rows = sum.blockSize();
        double[] totals = new double[rows];
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int columns = sum.childBlockSize(e);
            long index = sum.tileStart(e);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++, index++) {
                    totals[row] += draw(slice, index, random);
                }
            }
        }
        for (int e = sum.edgeStart(block); e < sum.edgeStart(block + 1); e++) {
            int columns = sum.childBlockSize(e);
            long index = sum.tileStart(e);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++, index++) {
                    divide(slice, index, totals[row]);
                }
            }
        }
    }

    private static void fillInput(
            InputVector input, int block, MemorySegment slice, SplittableRandom random) {
        int size = input.blockSize();
        for (int node = block * size; node < (block + 1) * size; node++) {
            input.family()
                    .start(NodeValues.of(slice, input.nodes(), node), Marginal.UNKNOWN, random);
        }
    }

    private static float draw(MemorySegment slice, long index, SplittableRandom random) {
        float weight = (float) Math.exp(random.nextGaussian());
        slice.setAtIndex(ValueLayout.JAVA_FLOAT, index, weight);
        return weight;
    }

    private static void divide(MemorySegment slice, long index, double total) {
        double weight = slice.getAtIndex(ValueLayout.JAVA_FLOAT, index) / total;
        slice.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) weight);
    }
}
