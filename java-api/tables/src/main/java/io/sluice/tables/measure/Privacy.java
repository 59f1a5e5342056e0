package io.sluice.tables.measure;

import java.util.Arrays;

/**
 * Whether synthetic rows are nearer to the rows that a model learnt from than fresh real rows are
 * (distance to closest record). Distances add up the differences of numbers, in units of their
 * range, and 2 for each differing category, as TabSyn does.
 *
 * @param nearerThanHeldOut probability that a synthetic row is nearer to its closest training row
 *     than a held-out row is to its own, where equal distances count half: 0.5 at best, more when
 *     training rows were remembered
 * @param nearerToTraining share of synthetic rows whose closest training row is nearer than their
 *     closest held-out row, out of equally many of both, where equal distances count half: 0.5 at
 *     best
 * @param syntheticMedian median distance of synthetic rows to the closest training row
 * @param heldOutMedian median distance of held-out rows to the closest training row
 * @param syntheticCopies share of synthetic rows that equal a training row
 * @param heldOutCopies share of held-out rows that equal a training row
 */
public record Privacy(
        double nearerThanHeldOut,
        double nearerToTraining,
        double syntheticMedian,
        double heldOutMedian,
        double syntheticCopies,
        double heldOutCopies) {

    /** Asks for the neighbours of at most this many random rows. */
    private static final int MOST_ROWS = 10_000;

    /** Looks for neighbours among at most this many random rows. */
    private static final int MOST_NEIGHBOURS = 100_000;

    /**
     * Compares.
     *
     * @param tables training rows, then synthetic ones
     * @param heldOut real rows that the model did not learn from, under the same columns
     * @param seed of the choice of rows
     */
    public static Privacy of(Table.Pair tables, Table heldOut, long seed) {
        Table train = tables.first().atMost(MOST_NEIGHBOURS, seed);
        RowEncoder encoder = new RowEncoder(train, RowEncoder.Scale.RANGE);
        RowEncoder.Encoded trainRows = encoder.encode(train);
        RowEncoder.Encoded synthetic = encoder.encode(tables.second().atMost(MOST_ROWS, seed));
        RowEncoder.Encoded fresh = encoder.encode(heldOut.atMost(MOST_ROWS, seed));
        double[] toTrain = distances(synthetic, trainRows);
        double[] freshToTrain = distances(fresh, trainRows);

        int equal = Math.min(fresh.rows(), train.rows());
        RowEncoder.Encoded someTrain = encoder.encode(train.atMost(equal, seed));
        RowEncoder.Encoded someFresh = encoder.encode(heldOut.atMost(equal, seed));
        double[] toSomeTrain = distances(synthetic, someTrain);
        double[] toSomeFresh = distances(synthetic, someFresh);
        double nearer = 0;
        for (int row = 0; row < toSomeTrain.length; row++) {
            nearer += 0.5 + 0.5 * Math.signum(toSomeFresh[row] - toSomeTrain[row]);
        }
        return new Privacy(
                nearer(toTrain, freshToTrain),
                nearer / toSomeTrain.length,
                median(toTrain),
                median(freshToTrain),
                zeros(toTrain),
                zeros(freshToTrain));
    }

    private static double[] distances(RowEncoder.Encoded of, RowEncoder.Encoded among) {
        return NearestRows.find(of, among, NearestRows.Metric.CITY_BLOCK).distances();
    }

    /** The probability that one of some distances is less than one of others. */
    private static double nearer(double[] some, double[] others) {
        double[] all = Arrays.copyOf(some, some.length + others.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        boolean[] isOther = new boolean[all.length];
        Arrays.fill(isOther, some.length, all.length, true);
        return Ranking.area(all, isOther);
    }

    private static double median(double[] distances) {
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        return Quantiles.of(sorted, 0.5);
    }

    private static double zeros(double[] distances) {
        return (double) Arrays.stream(distances).filter(d -> d == 0).count() / distances.length;
    }
}
