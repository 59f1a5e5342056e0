package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * Random rows whose neighbouring cells are often alike, as in images. Many rows of a batch then
 * read the same entries of an input's table. Half of the cells are uniform, the others follow a
 * random walk along the row.
 */
final class AlikeRows {
    private static final int LONGEST_STRIDE = 8;
    private static final int BYTE_CATEGORIES = 256;

    private AlikeRows() {}

    /**
     * Draws rows, stored in as few bytes as the categories allow.
     *
     * @param circuit over finite variables with equally many categories
     */
    static Dataset draw(Circuit circuit, int rows, long seed) {
        int variables = circuit.variables();
        int categories = circuit.family(0).categories();
        Random random = new Random(seed);
        int[] cells = new int[rows * variables];
        for (int row = 0; row < rows; row++) {
            int walk = 0;
            for (int v = 0; v < variables; v++) {
                walk += random.nextInt(2 * LONGEST_STRIDE + 1) - LONGEST_STRIDE;
                cells[row * variables + v] =
                        random.nextBoolean()
                                ? random.nextInt(categories)
                                : Math.floorMod(walk, categories);
            }
        }
        Schema schema =
                Schema.of(
                        IntStream.range(0, variables)
                                .mapToObj(v -> Column.categorical("x" + v, categories))
                                .toList());
        if (categories > BYTE_CATEGORIES) {
            return Dataset.ofInts(cells, variables, schema);
        }
        byte[] bytes = new byte[cells.length];
        for (int i = 0; i < cells.length; i++) {
            bytes[i] = (byte) cells[i];
        }
        return Dataset.ofBytes(bytes, variables, schema);
    }
}
