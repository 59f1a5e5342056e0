package io.sluice.tables.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Tables for tests. */
final class Tables {
    private Tables() {}

    static TableColumn numbers(String name, double... values) {
        return new TableColumn.OfNumbers(name, values);
    }

    /** Categories named by their letters; a blank is a missing cell. */
    static TableColumn categories(String name, String letters) {
        List<String> labels =
                letters.chars()
                        .filter(c -> c != ' ')
                        .sorted()
                        .distinct()
                        .mapToObj(c -> "" + (char) c)
                        .toList();
        int[] codes = letters.chars().map(c -> labels.indexOf("" + (char) c)).toArray();
        return new TableColumn.OfCategories(name, codes, labels);
    }

    static Table of(TableColumn... columns) {
        return new Table(List.of(columns));
    }

    /**
     * People: age, an income that depends on age and job, and a job. Some incomes are missing.
     *
     * @param shift is added to every age
     */
    static Table people(int rows, double shift, long seed) {
        Random random = new Random(seed);
        double[] age = new double[rows];
        double[] income = new double[rows];
        int[] job = new int[rows];
        for (int row = 0; row < rows; row++) {
            age[row] = Math.rint(40 + 12 * random.nextGaussian() + shift);
            job[row] = age[row] + 5 * random.nextGaussian() < 30 ? 0 : 1 + random.nextInt(3);
            income[row] =
                    random.nextInt(20) == 0
                            ? Double.NaN
                            : 1000 * job[row] + 50 * age[row] + 300 * random.nextGaussian();
        }
        return new Table(
                List.of(
                        numbers("age", age),
                        numbers("income", income),
                        new TableColumn.OfCategories(
                                "job", job, List.of("none", "baker", "clerk", "miner"))));
    }

    /** The same columns with every column's cells in random order: no dependence is left. */
    static Table scrambled(Table table, long seed) {
        return new Table(
                IntStream.range(0, table.columns().size())
                        .mapToObj(
                                c ->
                                        table.columns()
                                                .get(c)
                                                .rows(Table.shuffled(table.rows(), seed + c)))
                        .toList());
    }

    static Table rows(Table table, int from, int to) {
        return table.rows(IntStream.range(from, to).toArray());
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
