package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;

import java.io.IOException;

/** Walks through data in consecutive portions, so that results need little memory at a time. */
final class Portions {
    private static final long ROWS = 4096;

    /** Bound on the numbers that the conditional distributions of a portion hold: 64 MiB. */
    private static final long DISTRIBUTION_NUMBERS = 1L << 23;

    private Portions() {}

    /** What is done with a portion. */
    @FunctionalInterface
    interface Work {
        /**
         * Does it.
         *
         * @param firstRow number of the portion's first row in the data
         */
        void on(Dataset portion, long firstRow) throws IOException;
    }

    /** Portions for results of a number or a row for each row. */
    static void each(Dataset data, Progress progress, Work work) throws IOException {
        each(data, progress, ROWS, work);
    }

    /** Portions of some rows. */
    static void each(Dataset data, Progress progress, long rows, Work work) throws IOException {
        for (long from = 0; from < data.rows(); from += rows) {
            long to = Math.min(data.rows(), from + rows);
            work.on(data.slice(from, to), from);
            progress.step(to - from);
        }
    }

    /** Portions for results of a distribution for each missing cell. */
    static void eachByMissing(Dataset data, Circuit circuit, Progress progress, Work work)
            throws IOException {
        long numbers = 0;
        long from = 0;
        for (long row = 0; row < data.rows(); row++) {
            long inRow = distributionNumbers(data, circuit, row);
            if (row > from && (numbers + inRow > DISTRIBUTION_NUMBERS || row - from == ROWS)) {
                work.on(data.slice(from, row), from);
                progress.step(row - from);
                from = row;
                numbers = 0;
            }
            numbers += inRow;
        }
        work.on(data.slice(from, data.rows()), from);
        progress.step(data.rows() - from);
    }

    private static long distributionNumbers(Dataset data, Circuit circuit, long row) {
        long numbers = 0;
        if (data.missing() != null) {
            for (int v = 0; v < data.variables(); v++) {
                numbers += data.isMissing(row, v) ? circuit.family(v).parameterRows() : 0;
            }
        }
        return numbers;
    }
}
