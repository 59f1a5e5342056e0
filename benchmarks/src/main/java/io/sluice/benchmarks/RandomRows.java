package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Random rows for a circuit, in batches that take turns. There are so many rows that, between two
 * turns of a batch, the other batches evict its rows of the inputs' tables from the second-level
 * cache, and those of larger tables from the third. So a batch of one row is not timed on cached
 * parameters alone.
 *
 * <p>For one thread.
 */
final class RandomRows {
    /** The number of rows, and the largest batch. */
    static final int ROWS = 4096;

    private static final long SEED = 7;

    private final Dataset data;
    private final int[][] numbers;
    private final Dataset[] slices;
    private int next;

    /**
     * Uniform categories, standard normal numbers.
     *
     * @param batch rows in a batch, at most {@link #ROWS}
     */
    RandomRows(Circuit circuit, int batch) {
        this(draw(circuit), batch);
    }

    /**
     * @param data {@link #ROWS} rows
     * @param batch rows in a batch, at most as many
     */
    RandomRows(Dataset data, int batch) {
        this.data = data;
        int batches = ROWS / batch;
        numbers = new int[batches][batch];
        slices = new Dataset[batches];
        for (int i = 0; i < batches; i++) {
            int first = i * batch;
            Arrays.setAll(numbers[i], j -> first + j);
            slices[i] = data.slice(first, first + batch);
        }
    }

    private static Dataset draw(Circuit circuit) {
        Schema schema =
                Schema.of(
                        IntStream.range(0, circuit.variables())
                                .mapToObj(v -> column("x" + v, circuit.family(v)))
                                .toList());
        Random random = new Random(SEED);
        float[] cells = new float[ROWS * circuit.variables()];
        for (int i = 0; i < cells.length; i++) {
            InputFamily family = circuit.family(i % circuit.variables());
            cells[i] =
                    family.finite()
                            ? random.nextInt(family.categories())
                            : (float) random.nextGaussian();
        }
        return Dataset.ofFloats(cells, circuit.variables(), schema);
    }

    private static Column column(String name, InputFamily family) {
        return family.finite()
                ? Column.categorical(name, family.categories())
                : Column.continuous(name);
    }

    /** All rows. */
    Dataset data() {
        return data;
    }

    /** Numbers of the next batch's rows in {@link #data}; not to be written to. */
    int[] nextNumbers() {
        next = (next + 1) % numbers.length;
        return numbers[next];
    }

    /** Numbers of the rows of the batch that comes next; not to be written to. */
    int[] upcomingNumbers() {
        return numbers[(next + 1) % numbers.length];
    }

    /** The next batch as a data set of its own. */
    Dataset nextSlice() {
        next = (next + 1) % slices.length;
        return slices[next];
    }
}
