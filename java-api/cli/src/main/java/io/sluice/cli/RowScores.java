package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Locale;

/**
 * Log-likelihoods of all rows of a data set.
 *
 * @param rows log-likelihood of each, in nats
 * @param cells how many cells are not missing
 * @param impossible the rows with probability zero
 */
record RowScores(LogLikelihoods rows, long cells, ImpossibleRows impossible) {

    static RowScores of(Session session, Engine engine, Dataset data, DataReading reading)
            throws IOException {
        double[] values = new double[Math.toIntExact(data.rows())];
        ImpossibleRows impossible = new ImpossibleRows(reading);
        long[] cells = {0};
        try (Progress progress = session.progress("log-likelihood", data.rows())) {
            Portions.each(
                    data,
                    progress,
                    (portion, firstRow) -> {
                        double[] part = impossible.score(engine, portion, firstRow);
                        for (int row = 0; row < part.length; row++) {
                            values[(int) firstRow + row] = part[row] - portion.logUnits(row);
                        }
                        cells[0] += observedCells(portion);
                    });
        }
        return new RowScores(new LogLikelihoods(values, data.variables()), cells[0], impossible);
    }

    private static long observedCells(Dataset portion) {
        long cells = portion.rows() * portion.variables();
        if (portion.missing() == null) {
            return cells;
        }
        for (long row = 0; row < portion.rows(); row++) {
            for (int v = 0; v < portion.variables(); v++) {
                cells -= portion.isMissing(row, v) ? 1 : 0;
            }
        }
        return cells;
    }

    /** Mean in nats per row. */
    double mean() {
        return rows.mean();
    }

    /** Negative log-likelihood in bits per observed cell; null when there is none. */
    @Nullable Double bitsPerDimension() {
        return cells == 0 ? null : -rows.total() / (cells * Math.log(2));
    }

    /** The means as a line for people. */
    String describe(String what) {
        Double bits = bitsPerDimension();
        return String.format(Locale.ROOT, "%s: %.4f nats per sample", what, mean())
                + (bits == null
                        ? ""
                        : String.format(Locale.ROOT, ", %.4f bits per dimension", bits));
    }
}
