package io.sluice.tables.measure;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * All measures of a synthetic table. Fidelity is measured against the training rows, by the
 * protocol of TabSyn, TabDiff and TabPC.
 *
 * @param trees detection by boosted trees
 * @param logistic detection by logistic regression
 * @param overlap alpha-precision and beta-recall
 * @param columns distances of the columns, the most different first
 * @param pairs similarity of the pairs of columns
 * @param usefulness for predicting the target; null when there is none
 * @param privacy distances to the training rows
 */
public record SyntheticReport(
        Detection trees,
        Detection logistic,
        SupportOverlap overlap,
        List<ColumnDistance> columns,
        PairTrends pairs,
        @Nullable Usefulness usefulness,
        Privacy privacy) {

    /** Fewer rows of any of the tables than this say nothing. */
    public static final int LEAST_ROWS = 20;

    /** How many steps measuring has. */
    public static final int STEPS = 7;

    /** Copies the list. */
    public SyntheticReport {
        columns = List.copyOf(columns);
    }

    /**
     * Measures.
     *
     * @param tables training rows, then synthetic ones, at least {@link #LEAST_ROWS} each
     * @param heldOut at least as many other real rows, under the same columns
     * @param target position of the column that a predictor is learnt for; null for none
     * @param seed of everything random
     * @param done is told of each step
     */
    public static SyntheticReport of(
            Table.Pair tables, Table heldOut, @Nullable Integer target, long seed, Runnable done) {
        int least =
                Math.min(heldOut.rows(), Math.min(tables.first().rows(), tables.second().rows()));
        if (least < LEAST_ROWS) {
            throw new InvalidArgumentException(
                    "a table of "
                            + least
                            + " rows is too small to measure by: give at least "
                            + LEAST_ROWS
                            + " training, held-out and synthetic rows each");
        }
        Detection trees = Detection.of(tables, Detection.Classifier.TREES, seed);
        done.run();
        Detection logistic = Detection.of(tables, Detection.Classifier.LOGISTIC, seed);
        done.run();
        SupportOverlap overlap = SupportOverlap.of(tables, seed);
        done.run();
        List<ColumnDistance> columns = ColumnDistance.of(tables);
        done.run();
        PairTrends pairs = PairTrends.of(tables, seed);
        done.run();
        Usefulness usefulness = target == null ? null : Usefulness.of(tables, heldOut, target);
        done.run();
        Privacy privacy = Privacy.of(tables, heldOut, seed);
        done.run();
        return new SyntheticReport(trees, logistic, overlap, columns, pairs, usefulness, privacy);
    }

    /** One minus the mean distance of the columns: SDMetrics' column shapes. */
    public double columnSimilarity() {
        return 1 - columns.stream().mapToDouble(ColumnDistance::distance).average().orElse(0);
    }
}
