package io.sluice.tables;

import java.util.Arrays;

/**
 * What is unusual in each column, calibrated on a reference. Some columns are surprising in many
 * rows, such as an amount that is nearly always zero; others hardly ever, such as a sex given a
 * relationship. A row is anomalous by as much as its most surprising cell exceeds what is usual in
 * its column.
 */
public final class AnomalyScale {
    private final double[] usual;
    private final double[] scores;
    private final double threshold;

    /**
     * Calibrates.
     *
     * @param reference surprises of usual rows, {@code [row][variable]}, in nats; at least one row
     * @param rate share of the reference that may be anomalous, over 0 and below 1
     */
    public AnomalyScale(double[][] reference, double rate) {
        usual = new double[reference[0].length];
        for (int v = 0; v < usual.length; v++) {
            int variable = v;
            double[] column =
                    Arrays.stream(reference).mapToDouble(row -> row[variable]).sorted().toArray();
            usual[v] = quantile(column, rate);
        }
        scores = Arrays.stream(reference).mapToDouble(this::score).sorted().toArray();
        threshold = quantile(scores, rate);
    }

    private static double quantile(double[] sorted, double rate) {
        int index = (int) Math.ceil((1 - rate) * sorted.length) - 1;
        return sorted[Math.min(sorted.length - 1, Math.max(0, index))];
    }

    /** By how many nats the most surprising cell of a row exceeds what is usual in its column. */
    public double score(double[] surprises) {
        double most = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < usual.length; v++) {
            most = Math.max(most, surprises[v] - usual[v]);
        }
        return most;
    }

    /** The score over which a row is anomalous. */
    public double threshold() {
        return threshold;
    }

    /** Share of the reference whose score is at least as high. */
    public double tail(double score) {
        int low = 0;
        int high = scores.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scores[middle] < score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (double) (scores.length - low) / scores.length;
    }
}
