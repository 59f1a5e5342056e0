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
        return find(new PackedRows(of), new PackedRows(among), metric, false);
    }

    /** For each row the nearest other row of the same table. */
    static Found findOther(RowEncoder.Encoded rows, Metric metric) {
        PackedRows packed = new PackedRows(rows);
        return find(packed, packed, metric, true);
    }

    private static Found find(PackedRows of, PackedRows among, Metric metric, boolean other) {
        boolean squares = metric == Metric.EUCLIDEAN;
        int[] nearest = new int[of.rows()];
        double[] distances = new double[of.rows()];
        IntStream.range(0, of.rows())
                .parallel()
                .forEach(
                        row -> {
                            double least = Double.POSITIVE_INFINITY;
                            for (int next = 0; next < among.rows() && least > 0; next++) {
                                if (other && next == row) {
                                    continue;
                                }
                                double sum = of.sum(row, among, next, squares, least);
                                if (sum < least) {
                                    least = sum;
                                    nearest[row] = next;
                                }
                            }
                            distances[row] = squares ? Math.sqrt(least) : least;
                        });
        return new Found(nearest, distances);
    }
}
