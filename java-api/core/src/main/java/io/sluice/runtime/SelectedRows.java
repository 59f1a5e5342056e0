package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.function.IntFunction;

/**
 * Rows that a call of the engine was given, to be cut into batches.
 *
 * @param chosen numbers of the rows in the data set; null for all of them
 * @param count how many rows
 */
record SelectedRows(Dataset data, int @Nullable [] chosen, int count) {

    static SelectedRows of(Dataset data, int[] chosen) {
        return new SelectedRows(data, chosen, chosen.length);
    }

    /**
     * @throws InvalidArgumentException when there are more rows than an array can have results
     */
    static SelectedRows all(Dataset data) {
        if (data.rows() > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    "the data has "
                            + data.rows()
                            + " rows, expected at most "
                            + Integer.MAX_VALUE
                            + ": pass slices of it");
        }
        return new SelectedRows(data, null, (int) data.rows());
    }

    /** At most {@code most} rows from index {@code from} on; null if none are left. */
    @Nullable Batch batch(long from, int most) {
        if (from >= count) {
            return null;
        }
        int index = (int) from;
        return chosen == null
                ? Batch.consecutive(data, index, Math.min(most, count - index))
                : Batch.chosen(data, chosen, index, most);
    }

    /** The rows as arrays of one number for each variable, NaN where a cell is missing. */
    IntFunction<double[]> cells() {
        return index -> {
            int row = chosen == null ? index : chosen[index];
            double[] cells = new double[data.variables()];
            for (int v = 0; v < cells.length; v++) {
                cells[v] = data.value(row, v);
            }
            return cells;
        };
    }

    /** What is done with the batches that rows are cut into. */
    interface BatchAction {
        /**
         * Takes a batch.
         *
         * @param from index of the batch's first row among the selected rows
         * @param next the batch after it, if there is one
         */
        void run(Batch batch, int from, @Nullable Batch next);
    }

    void forEachBatch(int most, BatchAction action) {
        Batch batch = batch(0, most);
        long from = 0;
        while (batch != null) {
            Batch next = batch(from + most, most);
            action.run(batch, (int) from, next);
            from += most;
            batch = next;
        }
    }
}
