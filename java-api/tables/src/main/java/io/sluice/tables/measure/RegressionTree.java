package io.sluice.tables.measure;

import org.jspecify.annotations.Nullable;

/**
 * A tree that divides rows by one column after the other and gives each part a value. Numbers are
 * divided at the end of a bin, with missing ones on the better side; categories into one of them
 * and the others, as a one-hot feature would.
 *
 * <p>With the first derivatives {@code g} and second derivatives {@code h} of a loss, a part's
 * value is {@code -step G / (H + 1)}, where {@code G} and {@code H} are their sums, and a division
 * gains {@code G1^2 / (H1 + 1) + G2^2 / (H2 + 1) - G^2 / (H + 1)} (Chen and Guestrin 2016,
 * equations 5 and 7, with lambda 1 and gamma 0). Settings are XGBoost's defaults: step 0.3, depth
 * 6, and no part with {@code H < 1}.
 */
final class RegressionTree {
    private static final double STEP = 0.3;
    private static final int DEPTH = 6;
    private static final double REGULARISATION = 1;
    private static final double LEAST_CURVATURE = 1;
    private static final double LEAST_GAIN = 1e-6;

    private sealed interface Node {}

    private record Leaf(double value) implements Node {}

    private record Division(Test test, Node left, Node right) implements Node {}

    /**
     * Which rows go left.
     *
     * @param category whether those of this bin do, otherwise those up to this bin
     * @param missing the bin of missing numbers
     */
    private record Test(int column, int bin, boolean category, int missing, boolean missingLeft) {
        boolean isLeft(int value) {
            if (category) {
                return value == bin;
            }
            return value == missing ? missingLeft : value <= bin;
        }
    }

    private final Node root;

    private RegressionTree(Node root) {
        this.root = root;
    }

    /** The value of a row of binned cells, {@code [column][row]}. */
    double value(int[][] bins, int row) {
        Node node = root;
        while (node instanceof Division division) {
            boolean left = division.test().isLeft(bins[division.test().column()][row]);
            node = left ? division.left() : division.right();
        }
        return ((Leaf) node).value();
    }

    /** Grows trees for the rows of one table. */
    static final class Grower {
        private final int[][] bins;
        private final boolean[] categories;
        private final int[] offsets; // of each column in a histogram, then its length
        private final int[] order; // rows, those of a node side by side
        private double[] gradients = new double[0];
        private double[] curvatures = new double[0];

        /**
         * Prepares for a table.
         *
         * @param bins of its cells, {@code [column][row]}
         */
        Grower(Table table, Bins chosen, int[][] bins) {
            this.bins = bins;
            categories = new boolean[bins.length];
            offsets = new int[bins.length + 1];
            for (int c = 0; c < bins.length; c++) {
                categories[c] = table.columns().get(c) instanceof TableColumn.OfCategories;
                offsets[c + 1] = offsets[c] + chosen.count(c);
            }
            order = new int[table.rows()];
        }

        /** A tree that lowers a loss, given its derivatives for each row. */
        RegressionTree grow(double[] first, double[] second) {
            gradients = first;
            curvatures = second;
            for (int row = 0; row < order.length; row++) {
                order[row] = row;
            }
            return new RegressionTree(node(0, order.length, histogram(0, order.length), DEPTH));
        }

        private Node node(int from, int to, double[] histogram, int depth) {
            Sums all = sums(histogram);
            Test test = depth == 0 ? null : best(histogram, all);
            if (test == null) {
                return new Leaf(-STEP * all.gradient() / (all.curvature() + REGULARISATION));
            }
            int middle = divide(from, to, test);
            boolean leftIsSmaller = middle - from <= to - middle;
            double[] smaller = leftIsSmaller ? histogram(from, middle) : histogram(middle, to);
            for (int k = 0; k < smaller.length; k++) {
                histogram[k] -= smaller[k]; // what remains belongs to the other part
            }
            return new Division(
                    test,
                    node(from, middle, leftIsSmaller ? smaller : histogram, depth - 1),
                    node(middle, to, leftIsSmaller ? histogram : smaller, depth - 1));
        }

        /** Sums of derivatives by column and bin: gradient and curvature in turn. */
        private double[] histogram(int from, int to) {
            double[] histogram = new double[2 * offsets[bins.length]];
            for (int c = 0; c < bins.length; c++) {
                int[] column = bins[c];
                int offset = offsets[c];
                for (int k = from; k < to; k++) {
                    int row = order[k];
                    int at = 2 * (offset + column[row]);
                    histogram[at] += gradients[row];
                    histogram[at + 1] += curvatures[row];
                }
            }
            return histogram;
        }

        private record Sums(double gradient, double curvature) {
            double score() {
                return gradient * gradient / (curvature + REGULARISATION);
            }

            /** The score of these rows and the others of all; -1 when a part is too small. */
            double scoreWithRest(Sums all) {
                Sums rest = new Sums(all.gradient - gradient, all.curvature - curvature);
                boolean enough = Math.min(curvature, rest.curvature) >= LEAST_CURVATURE;
                return enough ? score() + rest.score() : -1;
            }
        }

        private Sums sums(double[] histogram) {
            double gradient = 0;
            double curvature = 0;
            for (int k = 0; k < offsets[1]; k++) { // every row is in a bin of the first column
                gradient += histogram[2 * k];
                curvature += histogram[2 * k + 1];
            }
            return new Sums(gradient, curvature);
        }

        private @Nullable Test best(double[] histogram, Sums all) {
            double highest = all.score() + LEAST_GAIN;
            Test best = null;
            for (int c = 0; c < bins.length; c++) {
                int count = offsets[c + 1] - offsets[c];
                int missing = categories[c] ? count : count - 1;
                Sums missed = categories[c] ? new Sums(0, 0) : at(histogram, c, missing);
                double gradient = 0;
                double curvature = 0;
                for (int bin = 0; bin < missing; bin++) {
                    Sums here = at(histogram, c, bin);
                    gradient = categories[c] ? here.gradient : gradient + here.gradient;
                    curvature = categories[c] ? here.curvature : curvature + here.curvature;
                    double right = new Sums(gradient, curvature).scoreWithRest(all);
                    double left =
                            new Sums(gradient + missed.gradient, curvature + missed.curvature)
                                    .scoreWithRest(all);
                    if (Math.max(left, right) > highest) {
                        highest = Math.max(left, right);
                        best = new Test(c, bin, categories[c], missing, left > right);
                    }
                }
            }
            return best;
        }

        private Sums at(double[] histogram, int column, int bin) {
            int at = 2 * (offsets[column] + bin);
            return new Sums(histogram[at], histogram[at + 1]);
        }

        /** Puts the rows that go left before the others, and returns where these begin. */
        private int divide(int from, int to, Test test) {
            int[] column = bins[test.column()];
            int[] right = new int[to - from];
            int lefts = from;
            int rights = 0;
            for (int k = from; k < to; k++) {
                int row = order[k];
                if (test.isLeft(column[row])) {
                    order[lefts++] = row;
                } else {
                    right[rights++] = row;
                }
            }
            System.arraycopy(right, 0, order, lefts, rights);
            return lefts;
        }
    }
}
