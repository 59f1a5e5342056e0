package io.sluice.tables.measure;

import java.util.Arrays;
import java.util.List;

/** One column of a {@link Table}: numbers or categories. */
public sealed interface TableColumn {

    /** Name of the column. */
    String name();

    /** How many cells it has. */
    int rows();

    /** Whether a cell is missing. */
    boolean isMissing(int row);

    /** Copies the cells of some rows. */
    TableColumn rows(int[] chosen);

    /**
     * Numbers.
     *
     * @param name of the column
     * @param values one for each row; NaN where it is missing
     */
    record OfNumbers(String name, double[] values) implements TableColumn {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public boolean isMissing(int row) {
            return Double.isNaN(values[row]);
        }

        @Override
        public TableColumn rows(int[] chosen) {
            return new OfNumbers(name, Arrays.stream(chosen).mapToDouble(r -> values[r]).toArray());
        }

        /** The numbers that are not missing, ascending. */
        double[] sorted() {
            return Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        }
    }

    /**
     * Categories.
     *
     * @param name of the column
     * @param codes one for each row, 0 to {@code labels.size() - 1}; -1 where it is missing
     * @param labels text of each category
     */
    record OfCategories(String name, int[] codes, List<String> labels) implements TableColumn {
        @Override
        public int rows() {
            return codes.length;
        }

        @Override
        public boolean isMissing(int row) {
            return codes[row] < 0;
        }

        @Override
        public TableColumn rows(int[] chosen) {
            int[] copy = Arrays.stream(chosen).map(row -> codes[row]).toArray();
            return new OfCategories(name, copy, labels);
        }

        /** How many kinds of cells there are: every category, and the missing cell. */
        int kinds() {
            return labels.size() + 1;
        }

        /** The kind of a cell: 0 for a missing one, otherwise its code and 1. */
        int kind(int row) {
            return codes[row] + 1;
        }

        /** The share of each kind of cell. */
        double[] shares() {
            double[] shares = new double[kinds()];
            for (int row = 0; row < codes.length; row++) {
                shares[kind(row)] += 1.0 / codes.length;
            }
            return shares;
        }
    }
}
