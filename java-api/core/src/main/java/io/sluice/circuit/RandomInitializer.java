package io.sluice.circuit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * {@link ParameterInitializer#random}. Each block of nodes has a random generator of its own,
 * seeded by vector and block, so blocks can be filled in parallel with the same result.
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
        LogNormalNoise noise = new LogNormalNoise(random);
        int first = sum.firstTile(block);
        int end = sum.firstTile(block + 1);
        int fanIn = 0;
        for (int e = first; e < end; e++) {
            fanIn += sum.childBlockSize(e);
        }
        float[] weights = new float[fanIn];
        for (int row = 0; row < sum.blockSize(); row++) {
            normalise(weights, fanIn, noise.fill(weights, 0, fanIn));
            int from = 0;
            for (int e = first; e < end; e++) {
                int columns = sum.childBlockSize(e);
                write(weights, from, slice, sum.tileStart(e) + (long) row * columns, columns);
                from += columns;
            }
        }
    }

    private static void fillInput(
            InputVector input, int block, MemorySegment slice, SplittableRandom random) {
        if (input.family().kernel() == LeafKernel.PROBABILITIES) {
            fillTable(input, block, input.family().categories(), slice, random);
            return;
        }
        int size = input.blockSize();
        for (int node = block * size; node < (block + 1) * size; node++) {
            input.family()
                    .start(NodeValues.of(slice, input.nodes(), node), Marginal.UNKNOWN, random);
        }
    }

    /** Fills the nodes' columns of a table of probabilities row by row, the order of memory. */
    private static void fillTable(
            InputVector input,
            int block,
            int categories,
            MemorySegment slice,
            SplittableRandom random) {
        LogNormalNoise noise = new LogNormalNoise(random);
        int size = input.blockSize();
        long first = (long) block * size;
        float[] row = new float[size];
        double[] totals = new double[size];
        for (int k = 0; k < categories; k++) {
            noise.fill(row, 0, size);
            for (int node = 0; node < size; node++) {
                totals[node] += row[node];
            }
            write(row, 0, slice, first + (long) k * input.nodes(), size);
        }
        for (int k = 0; k < categories; k++) {
            long index = first + (long) k * input.nodes();
            for (int node = 0; node < size; node++) {
                double weight = slice.getAtIndex(ValueLayout.JAVA_FLOAT, index + node);
                row[node] = (float) (weight / totals[node]);
            }
            write(row, 0, slice, index, size);
        }
    }

    private static void normalise(float[] weights, int count, double total) {
        for (int i = 0; i < count; i++) {
            weights[i] = (float) (weights[i] / total);
        }
    }

    private static void write(float[] from, int first, MemorySegment to, long index, int count) {
        MemorySegment.copy(from, first, to, ValueLayout.JAVA_FLOAT, index * Float.BYTES, count);
    }
}
