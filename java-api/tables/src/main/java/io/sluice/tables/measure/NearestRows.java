package io.sluice.tables.measure;

import java.util.stream.IntStream;

/**
 * For each row of one table the nearest row of another, exactly. The features are those of {@link
 * RowEncoder}, where two rows that differ in a category differ by 1 in two features. A comparison
 * ends as soon as it exceeds the smallest distance found so far, which differing categories do
 * early.
 */
final class NearestRows {

    /** How differences of features add up to a distance. */
    enum Metric {
        /** The sum of the differences (L1). */
        CITY_BLOCK,
        /** The root of the sum of the squares (L2). */
        EUCLIDEAN
    }

    private static final double DIFFERING_CATEGORY = 2;

    private NearestRows() {}

    /**
     * Nearest rows.
     *
     * @param rows number of the nearest row, the first of several
     * @param distances how far away it is
     */
    record Found(int[] rows, double[] distances) {}

    /** The nearest row of {@code among} for each row of {@code of}. */
    static Found find(RowEncoder.Encoded of, RowEncoder.Encoded among, Metric metric) {
        return find(of, among, metric, false);
    }

    /** For each row the nearest other row of the same table. */
    static Found findOther(RowEncoder.Encoded rows, Metric metric) {
        return find(rows, rows, metric, true);
    }

    private static Found find(
            RowEncoder.Encoded of, RowEncoder.Encoded among, Metric metric, boolean other) {
        int[] nearest = new int[of.rows()];
        double[] distances = new double[of.rows()];
        IntStream.range(0, of.rows())
                .parallel()
                .forEach(
                        row -> {
                            double least = Double.POSITIVE_INFINITY;
                            for (int candidate = 0;
                                    candidate < among.rows() && least > 0;
                                    candidate++) {
                                if (other && candidate == row) {
                                    continue;
                                }
                                double distance =
                                        distance(of, row, among, candidate, metric, least);
                                if (distance < least) {
                                    least = distance;
                                    nearest[row] = candidate;
                                }
                            }
                            distances[row] = metric == Metric.EUCLIDEAN ? Math.sqrt(least) : least;
                        });
        return new Found(nearest, distances);
    }

    /** A distance, squared if Euclidean; any number from {@code enough} on if it is not less. */
    private static double distance(
            RowEncoder.Encoded a,
            int rowA,
            RowEncoder.Encoded b,
            int rowB,
            Metric metric,
            double enough) {
        int[] kindsA = a.kinds()[rowA];
        int[] kindsB = b.kinds()[rowB];
        double sum = 0;
        for (int k = 0; k < kindsA.length; k++) {
            if (kindsA[k] != kindsB[k]) {
                sum += DIFFERING_CATEGORY;
                if (sum >= enough) {
                    return sum;
                }
            }
        }
        double[] numbersA = a.numbers()[rowA];
        double[] numbersB = b.numbers()[rowB];
        for (int k = 0; k < numbersA.length && sum < enough; k++) {
            double difference = Math.abs(numbersA[k] - numbersB[k]);
            sum += metric == Metric.EUCLIDEAN ? difference * difference : difference;
        }
        return sum;
    }
}
