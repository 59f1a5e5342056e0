package io.sluice.tables.measure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How similar the dependence between two columns is in two tables, like SDMetrics' column pair
 * trends: {@code 1 - |r1 - r2| / 2} with the correlations of two columns of numbers, otherwise 1
 * minus the total variation between the joint shares, for which numbers fall into 10 bins of equal
 * width.
 *
 * @param similarity the mean over pairs of columns, 1 at best; 1 with fewer than two columns
 * @param pairs how many pairs were compared: all, or so many at random if there are more
 */
public record PairTrends(double similarity, int pairs) {
    private static final int BINS = 10;
    private static final int MOST_PAIRS = 2000;

    /** Compares the pairs of columns of two tables, the first of which sets the bins. */
    public static PairTrends of(Table.Pair tables, long seed) {
        int columns = tables.first().columns().size();
        int[][] all =
                IntStream.range(0, columns)
                        .boxed()
                        .flatMap(
                                a ->
                                        IntStream.range(a + 1, columns)
                                                .mapToObj(b -> new int[] {a, b}))
                        .toArray(int[][]::new);
        int[] chosen = Table.shuffled(all.length, seed);
        int pairs = Math.min(all.length, MOST_PAIRS);
        double[] similarities =
                IntStream.range(0, pairs)
                        .parallel()
                        .mapToDouble(k -> similarity(tables, all[chosen[k]][0], all[chosen[k]][1]))
                        .toArray();
        return new PairTrends(Arrays.stream(similarities).average().orElse(1), pairs);
    }

    private static double similarity(Table.Pair tables, int a, int b) {
        Table first = tables.first();
        Table second = tables.second();
        if (first.columns().get(a) instanceof TableColumn.OfNumbers firstA
                && first.columns().get(b) instanceof TableColumn.OfNumbers firstB
                && second.columns().get(a) instanceof TableColumn.OfNumbers secondA
                && second.columns().get(b) instanceof TableColumn.OfNumbers secondB) {
            double difference =
                    correlation(firstA.values(), firstB.values())
                            - correlation(secondA.values(), secondB.values());
            return 1 - Math.abs(difference) / 2;
        }
        Map<Long, Double> differences = new HashMap<>();
        addShares(differences, bins(first, first, a), bins(first, first, b), 1);
        addShares(differences, bins(first, second, a), bins(first, second, b), -1);
        return 1 - differences.values().stream().mapToDouble(Math::abs).sum() / 2;
    }

    private static void addShares(Map<Long, Double> to, int[] a, int[] b, double sign) {
        for (int row = 0; row < a.length; row++) {
            to.merge(((long) a[row] << Integer.SIZE) + b[row], sign / a.length, Double::sum);
        }
    }

    /** Kinds of categories, or bins of numbers by the range in a reference table. */
    private static int[] bins(Table reference, Table table, int column) {
        return switch (table.columns().get(column)) {
            case TableColumn.OfCategories categories ->
                    IntStream.range(0, table.rows()).map(categories::kind).toArray();
            case TableColumn.OfNumbers numbers -> {
                double[] known = ((TableColumn.OfNumbers) reference.columns().get(column)).sorted();
                double lowest = known.length == 0 ? 0 : known[0];
                double width = known.length == 0 ? 0 : (known[known.length - 1] - lowest) / BINS;
                yield Arrays.stream(numbers.values())
                        .mapToInt(value -> bin(value, lowest, width))
                        .toArray();
            }
        };
    }

    private static int bin(double value, double lowest, double width) {
        if (Double.isNaN(value)) {
            return BINS;
        }
        double bin = width > 0 ? Math.floor((value - lowest) / width) : 0;
        return (int) Math.min(Math.max(bin, 0), BINS - 1);
    }

    /** Pearson's correlation over the rows that have both numbers; 0 where it is undefined. */
    private static double correlation(double[] a, double[] b) {
        int[] both =
                IntStream.range(0, a.length)
                        .filter(row -> !Double.isNaN(a[row]) && !Double.isNaN(b[row]))
                        .toArray();
        double meanA = Arrays.stream(both).mapToDouble(row -> a[row]).average().orElse(0);
        double meanB = Arrays.stream(both).mapToDouble(row -> b[row]).average().orElse(0);
        double squaresA = 0;
        double squaresB = 0;
        double products = 0;
        for (int row : both) {
            squaresA += (a[row] - meanA) * (a[row] - meanA);
            squaresB += (b[row] - meanB) * (b[row] - meanB);
            products += (a[row] - meanA) * (b[row] - meanB);
        }
        double scale = Math.sqrt(squaresA) * Math.sqrt(squaresB);
        return scale > 0 ? products / scale : 0;
    }
}
