package io.sluice.tables.measure;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How different one column of two tables is: the largest difference of the cumulative distributions
 * of numbers (Kolmogorov-Smirnov), or half the sum of the differences of the shares of categories
 * (total variation), where a missing cell counts as a category. 1 minus it is SDMetrics' column
 * shape score.
 *
 * @param column name
 * @param numbers whether it is a column of numbers
 * @param distance 0 for equal distributions, 1 for distributions without a common value. Of numbers
 *     the missing ones count too, if their shares differ by more than the numbers do
 * @param firstMissing share of missing cells in the first table
 * @param secondMissing share of missing cells in the second
 */
public record ColumnDistance(
        String column,
        boolean numbers,
        double distance,
        double firstMissing,
        double secondMissing) {

    /** The distances of all columns, the most different columns first. */
    public static List<ColumnDistance> of(Table.Pair tables) {
        return IntStream.range(0, tables.first().columns().size())
                .mapToObj(
                        c -> of(tables.first().columns().get(c), tables.second().columns().get(c)))
                .sorted(Comparator.comparingDouble(ColumnDistance::distance).reversed())
                .toList();
    }

    private static ColumnDistance of(TableColumn first, TableColumn second) {
        double firstMissing = missing(first);
        double secondMissing = missing(second);
        if (first instanceof TableColumn.OfNumbers a && second instanceof TableColumn.OfNumbers b) {
            double distance = largestDifference(a.sorted(), b.sorted());
            return new ColumnDistance(
                    first.name(),
                    true,
                    Math.max(distance, Math.abs(firstMissing - secondMissing)),
                    firstMissing,
                    secondMissing);
        }
        double[] a = ((TableColumn.OfCategories) first).shares();
        double[] b = ((TableColumn.OfCategories) second).shares();
        double distance = 0;
        for (int kind = 0; kind < a.length; kind++) {
            distance += Math.abs(a[kind] - b[kind]) / 2;
        }
        return new ColumnDistance(first.name(), false, distance, firstMissing, secondMissing);
    }

    private static double missing(TableColumn column) {
        long missing = IntStream.range(0, column.rows()).filter(column::isMissing).count();
        return (double) missing / column.rows();
    }

    private static double largestDifference(double[] a, double[] b) {
        if (a.length == 0 || b.length == 0) {
            return 0; // the shares of missing cells tell
        }
        double largest = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            double value = Math.min(a[i], b[j]);
            while (i < a.length && a[i] <= value) {
                i++;
            }
            while (j < b.length && b[j] <= value) {
                j++;
            }
            largest = Math.max(largest, Math.abs((double) i / a.length - (double) j / b.length));
        }
        return largest;
    }
}
