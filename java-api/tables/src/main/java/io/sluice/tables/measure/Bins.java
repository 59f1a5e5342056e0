package io.sluice.tables.measure;

import java.util.Arrays;

/**
 * The values of each column as few whole numbers. Numbers fall into at most 256 bins with about
 * equally many rows of a reference table in each, in ascending order, and missing ones into a last
 * bin of their own; a category is a bin, and so is its missing cell.
 */
final class Bins {
    private static final int MOST_BINS = 256;

    /** Lower ends of all bins of numbers but the first; nothing for a column of categories. */
    private final double[][] cuts;

    private final int[] counts;

    /** Chooses the bins. */
    Bins(Table reference) {
        int columns = reference.columns().size();
        cuts = new double[columns][];
        counts = new int[columns];
        for (int c = 0; c < columns; c++) {
            switch (reference.columns().get(c)) {
                case TableColumn.OfNumbers numbers -> {
                    cuts[c] = cuts(numbers.sorted());
                    counts[c] = cuts[c].length + 2;
                }
                case TableColumn.OfCategories categories -> {
                    cuts[c] = new double[0];
                    counts[c] = categories.kinds();
                }
            }
        }
    }

    /** Between all distinct numbers if there are few, otherwise at quantiles. */
    private static double[] cuts(double[] sorted) {
        double[] distinct = Arrays.stream(sorted).distinct().toArray();
        if (distinct.length <= MOST_BINS) {
            return Arrays.copyOfRange(distinct, Math.min(1, distinct.length), distinct.length);
        }
        double[] cuts = new double[MOST_BINS - 1];
        for (int k = 0; k < cuts.length; k++) {
            cuts[k] = sorted[(int) ((long) (k + 1) * sorted.length / MOST_BINS)];
        }
        return Arrays.stream(cuts).distinct().filter(cut -> cut > sorted[0]).toArray();
    }

    /** How many bins a column has. */
    int count(int column) {
        return counts[column];
    }

    /** The bins of the cells of a table with the same columns, {@code [column][row]}. */
    int[][] of(Table table) {
        int[][] bins = new int[counts.length][table.rows()];
        for (int c = 0; c < bins.length; c++) {
            switch (table.columns().get(c)) {
                case TableColumn.OfNumbers numbers -> {
                    for (int row = 0; row < bins[c].length; row++) {
                        bins[c][row] =
                                numbers.isMissing(row)
                                        ? counts[c] - 1
                                        : bin(cuts[c], numbers.values()[row]);
                    }
                }
                case TableColumn.OfCategories categories -> {
                    for (int row = 0; row < bins[c].length; row++) {
                        bins[c][row] = categories.kind(row);
                    }
                }
            }
        }
        return bins;
    }

    /** How many cuts are not over a number. */
    private static int bin(double[] cuts, double number) {
        int low = 0;
        int high = cuts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cuts[middle] <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
