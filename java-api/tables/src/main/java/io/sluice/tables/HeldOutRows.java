package io.sluice.tables;

import io.sluice.data.Dataset;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Divides rows into those to learn from and those to choose a model with. Rows with the same cells
 * go to the same side, so that no row is judged by a copy of itself; but not where most rows have
 * copies, as in a table of few categories: there, how often a row occurs is what is learned.
 *
 * @param train to learn from
 * @param valid to choose with
 */
public record HeldOutRows(Dataset train, Dataset valid) {
    private static final int FEW_ROWS = 1000;
    private static final double SHARE = 0.1;
    private static final double SHARE_OF_FEW = 0.2;

    /** Share of distinct rows under which copies are divided like other rows. */
    private static final double MOSTLY_DISTINCT = 0.5;

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int SHIFT = 32;

    /**
     * Holds out a tenth of the rows, a fifth when there are fewer than 1,000.
     *
     * @param rows at least two
     */
    public static HeldOutRows of(Dataset rows, long seed) {
        int count = Math.toIntExact(rows.rows());
        long[] hashes = new long[count];
        for (int r = 0; r < count; r++) {
            hashes[r] = hash(rows, r, seed);
        }
        if (Arrays.stream(hashes).distinct().count() < MOSTLY_DISTINCT * count) {
            for (int r = 0; r < count; r++) {
                hashes[r] = mixed(hashes[r] ^ r);
            }
        }
        long[] sorted = hashes.clone();
        Arrays.sort(sorted);
        int held = (int) Math.max(1, Math.round(count * (count < FEW_ROWS ? SHARE_OF_FEW : SHARE)));
        long limit = sorted[held - 1];
        int[] valid = IntStream.range(0, count).filter(r -> hashes[r] <= limit).toArray();
        int[] train = IntStream.range(0, count).filter(r -> hashes[r] > limit).toArray();
        return train.length == 0
                ? new HeldOutRows(rows, rows) // all rows are alike
                : new HeldOutRows(rows.rows(train), rows.rows(valid));
    }

    private static long hash(Dataset rows, long row, long seed) {
        long hash = seed;
        for (int v = 0; v < rows.variables(); v++) {
            long cell = rows.isMissing(row, v) ? -1 : Double.doubleToLongBits(rows.value(row, v));
            hash = mixed(hash ^ cell);
        }
        return hash;
    }

    private static long mixed(long number) {
        long product = number * MULTIPLIER;
        return product ^ (product >>> SHIFT);
    }
}
