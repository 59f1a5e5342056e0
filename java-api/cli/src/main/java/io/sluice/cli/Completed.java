package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;

/** Puts answers into the missing cells of rows. */
final class Completed {
    private Completed() {}

    /**
     * The rows of a portion, each so many times: the missing cells of possible rows have the
     * answers, all other cells are as they were.
     *
     * @param possible numbers in the portion of the rows that have answers, ascending
     * @param answers {@code times} rows for each of them
     */
    static Dataset rows(Dataset portion, int[] possible, Dataset answers, int times) {
        DatasetBuilder completed = Dataset.builder(answers.schema());
        double[] cells = new double[portion.variables()];
        int next = 0; // of the possible rows
        for (int row = 0; row < portion.rows(); row++) {
            boolean answered = next < possible.length && possible[next] == row;
            for (int time = 0; time < times; time++) {
                long answer = (long) next * times + time;
                for (int v = 0; v < cells.length; v++) {
                    cells[v] =
                            answered && portion.isMissing(row, v)
                                    ? answers.value(answer, v)
                                    : portion.value(row, v);
                }
                completed.add(cells);
            }
            next += answered ? 1 : 0;
        }
        return completed.build();
    }
}
