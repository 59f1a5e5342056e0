package io.sluice.tables.measure;

import io.sluice.InvalidArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How well a classifier tells the rows of two tables apart (classifier two-sample test), by the
 * protocol of SDMetrics' {@code DetectionMetric}: three stratified folds, in each of which the
 * classifier learns from the other two.
 *
 * @param score {@code 1 - (2 max(AUC, 0.5) - 1)}, averaged over the folds: 1 when the tables cannot
 *     be told apart, 0 when every row can be
 * @param area the area under the ROC curve (AUC), averaged over the folds
 */
public record Detection(double score, double area) {
    /** At most this many random rows of each table take part. */
    public static final int MOST_ROWS = 100_000;

    private static final int FOLDS = 3;

    /** What learns to tell rows apart. */
    public enum Classifier {
        /**
         * Logistic regression on numbers (mean for a missing one, which is also flagged; median 0
         * and distance of quartiles 1) and one-hot categories, like SDMetrics' {@code
         * LogisticDetection}. It sees no dependence between columns.
         */
        LOGISTIC {
            @Override
            double[] scores(Table train, boolean[] first, Table test) {
                RowEncoder encoder = new RowEncoder(train, RowEncoder.Scale.QUARTILES);
                return LogisticRegression.fit(encoder.encode(train), first)
                        .scores(encoder.encode(test));
            }
        },
        /**
         * Gradient-boosted trees with XGBoost's default settings. The published detection scores of
         * TabPC and TabDiff that are well below 1 are of this kind.
         */
        TREES {
            @Override
            double[] scores(Table train, boolean[] first, Table test) {
                return BoostedTrees.fitBinary(train, first).scores(test)[0];
            }
        };

        /** Learns which rows are of the first table, and scores others. */
        abstract double[] scores(Table train, boolean[] first, Table test);
    }

    /**
     * Tries to tell two tables apart.
     *
     * @param tables with at least 3 rows each
     * @param seed of the folds
     */
    public static Detection of(Table.Pair tables, Classifier classifier, long seed) {
        Table.Pair some =
                new Table.Pair(
                        tables.first().atMost(MOST_ROWS, seed),
                        tables.second().atMost(MOST_ROWS, seed));
        int firsts = some.first().rows();
        int seconds = some.second().rows();
        if (Math.min(firsts, seconds) < FOLDS) {
            throw new InvalidArgumentException(
                    "tables of "
                            + firsts
                            + " and "
                            + seconds
                            + " rows are too small to tell apart: give at least "
                            + FOLDS
                            + " rows each");
        }
        Table all = some.joined();
        int[] folds = folds(firsts, seconds, seed);
        double[] areas =
                IntStream.range(0, FOLDS)
                        .parallel()
                        .mapToDouble(fold -> area(all, firsts, folds, fold, classifier))
                        .toArray();
        double score = 0;
        double area = 0;
        for (double each : areas) {
            score += (1 - (2 * Math.max(each, 0.5) - 1)) / FOLDS;
            area += each / FOLDS;
        }
        return new Detection(score, area);
    }

    private static double area(
            Table all, int firsts, int[] folds, int fold, Classifier classifier) {
        int[] train = rows(folds, fold, false);
        int[] test = rows(folds, fold, true);
        double[] scores =
                classifier.scores(all.rows(train), isFirst(train, firsts), all.rows(test));
        return Ranking.area(scores, isFirst(test, firsts));
    }

    private static int[] rows(int[] folds, int fold, boolean inside) {
        return IntStream.range(0, folds.length)
                .filter(row -> (folds[row] == fold) == inside)
                .toArray();
    }

    private static boolean[] isFirst(int[] rows, int firsts) {
        boolean[] first = new boolean[rows.length];
        for (int k = 0; k < rows.length; k++) {
            first[k] = rows[k] < firsts;
        }
        return first;
    }

    /** A fold for each row, as many rows of each table in one as in another, give or take one. */
    private static int[] folds(int firsts, int seconds, long seed) {
        int[] folds = new int[firsts + seconds];
        Random seeds = new Random(seed);
        List<int[]> parts = new ArrayList<>();
        parts.add(Table.shuffled(firsts, seeds.nextLong()));
        parts.add(Table.shuffled(seconds, seeds.nextLong()));
        int offset = 0;
        for (int[] part : parts) {
            for (int k = 0; k < part.length; k++) {
                folds[offset + part[k]] = k % FOLDS;
            }
            offset += part.length;
        }
        return folds;
    }
}
