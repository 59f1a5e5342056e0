package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows of a data set that have probability zero under a model. Nothing follows for their
 * missing cells: a command answers the other rows, and says which these are.
 */
final class ImpossibleRows {
    /** Rows that a report lists; it counts them all. */
    private static final int LISTED = 1000;

    private static final int NAMED = 5;

    private final List<Long> listed = new ArrayList<>();
    private long count;

    private final DataReading reading;

    /**
     * @param reading knows which rows hold a value that nothing knows
     */
    ImpossibleRows(DataReading reading) {
        this.reading = reading;
    }

    /** Scores a portion, and notes its impossible rows. */
    double[] score(Engine engine, Dataset portion, long firstRow) {
        double[] logLikelihoods = engine.logLikelihood(portion).values();
        for (int row = 0; row < logLikelihoods.length; row++) {
            if (reading.isImpossible(portion, row)) {
                logLikelihoods[row] = Double.NEGATIVE_INFINITY;
            }
            if (logLikelihoods[row] == Double.NEGATIVE_INFINITY) {
                count++;
                if (listed.size() < LISTED) {
                    listed.add(firstRow + row);
                }
            }
        }
        return logLikelihoods;
    }

    /** Notes the impossible rows of a portion, and returns the numbers of the others in it. */
    int[] possible(Engine engine, Dataset portion, long firstRow) {
        double[] logLikelihoods = score(engine, portion, firstRow);
        return IntStream.range(0, logLikelihoods.length)
                .filter(row -> logLikelihoods[row] > Double.NEGATIVE_INFINITY)
                .toArray();
    }

    long count() {
        return count;
    }

    /** The first of them, as people read it: "rows 0 and 5 (counted from 0)". */
    String names() {
        String rows =
                listed.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "));
        return (count == 1 ? "row " : "rows ")
                + rows
                + (count > NAMED ? ", ..." : "")
                + " (counted from 0)";
    }

    /**
     * Adds them to a report, and warns if there are any.
     *
     * @param consequence what happened to them
     */
    void report(Session session, Report report, long rows, String consequence) {
        report.field("impossible", count).field("impossible_rows", listed);
        warn(session, rows, consequence);
        if (count > 0) {
            report.line(count + " impossible: " + names());
        }
    }

    /** Warns on stderr if there are any. */
    void warn(Session session, long rows, String consequence) {
        if (count > 0) {
            session.remark(
                    "warning: "
                            + count
                            + " of "
                            + rows
                            + " rows "
                            + (count == 1 ? "has" : "have")
                            + " probability zero under the model, "
                            + names()
                            + ": "
                            + consequence);
        }
    }
}
