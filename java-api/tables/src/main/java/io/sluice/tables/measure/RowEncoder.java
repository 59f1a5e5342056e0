package io.sluice.tables.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the rows of a table into features: a number is shifted and scaled, and a missing one is
 * replaced by the mean and flagged by a feature of its own; a category is one feature for each
 * label, of which one is 1 (one-hot), and a missing cell counts as a label. A column gets a flag if
 * the reference table has missing numbers in it.
 */
final class RowEncoder {

    /** How numbers are scaled. */
    enum Scale {
        /** Median 0, a distance of 1 between the quartiles; unscaled when these are equal. */
        QUARTILES {
            @Override
            Scaling of(double[] sorted) {
                double distance = Quantiles.of(sorted, 0.75) - Quantiles.of(sorted, 0.25);
                return new Scaling(Quantiles.of(sorted, 0.5), distance > 0 ? distance : 1);
            }
        },
        /** From 0 to 1; unscaled when all numbers are equal. */
        RANGE {
            @Override
            Scaling of(double[] sorted) {
                double range = sorted[sorted.length - 1] - sorted[0];
                return new Scaling(sorted[0], range > 0 ? range : 1);
            }
        };

        abstract Scaling of(double[] sorted);
    }

    /** What is subtracted from a number, and what it is then divided by. */
    record Scaling(double shift, double unit) {}

    /** How a column of numbers is encoded; {@code mean} replaces missing ones. */
    private record NumberRule(int column, Scaling scaling, double mean, boolean flagged) {}

    private final List<NumberRule> numbers = new ArrayList<>();
    private final List<Integer> categories = new ArrayList<>();

    /** Finds shifts, scales and means in a reference table. */
    RowEncoder(Table reference, Scale scale) {
        for (int c = 0; c < reference.columns().size(); c++) {
            switch (reference.columns().get(c)) {
                case TableColumn.OfCategories ignored -> categories.add(c);
                case TableColumn.OfNumbers column -> {
                    double[] sorted = column.sorted();
                    boolean flagged = sorted.length < column.rows();
                    numbers.add(
                            sorted.length == 0
                                    ? new NumberRule(c, new Scaling(0, 1), 0, true)
                                    : new NumberRule(
                                            c,
                                            scale.of(sorted),
                                            Arrays.stream(sorted).average().orElseThrow(),
                                            flagged));
                }
            }
        }
    }

    /**
     * Encoded rows.
     *
     * @param numbers {@code [row][feature]}: scaled numbers and flags
     * @param kinds {@code [row][column]}: which of the features of a category is 1
     * @param widths how many features each column of categories has
     */
    record Encoded(double[][] numbers, int[][] kinds, int[] widths) {
        int rows() {
            return numbers.length;
        }

        /** The mean row: numbers, then the share of each feature of the categories. */
        double[] centre() {
            double[] centre = new double[numbers[0].length + Arrays.stream(widths).sum()];
            for (int row = 0; row < numbers.length; row++) {
                for (int k = 0; k < numbers[row].length; k++) {
                    centre[k] += numbers[row][k] / numbers.length;
                }
                int offset = numbers[row].length;
                for (int k = 0; k < widths.length; k++) {
                    centre[offset + kinds[row][k]] += 1.0 / numbers.length;
                    offset += widths[k];
                }
            }
            return centre;
        }

        /** The Euclidean distance of each row to a point. */
        double[] distancesTo(double[] point) {
            double[] squares = new double[numbers.length];
            double ofPoint = 0; // of the features of the categories
            for (int k = numbers[0].length; k < point.length; k++) {
                ofPoint += point[k] * point[k];
            }
            for (int row = 0; row < squares.length; row++) {
                squares[row] = ofPoint;
                for (int k = 0; k < numbers[row].length; k++) {
                    double difference = numbers[row][k] - point[k];
                    squares[row] += difference * difference;
                }
                int offset = numbers[row].length;
                for (int k = 0; k < widths.length; k++) {
                    squares[row] += 1 - 2 * point[offset + kinds[row][k]];
                    offset += widths[k];
                }
            }
            return Arrays.stream(squares).map(square -> Math.sqrt(Math.max(square, 0))).toArray();
        }
    }

    /** Encodes a table with the columns of the reference. */
    Encoded encode(Table table) {
        int flags = (int) numbers.stream().filter(NumberRule::flagged).count();
        double[][] features = new double[table.rows()][numbers.size() + flags];
        int next = 0;
        for (NumberRule rule : numbers) {
            TableColumn.OfNumbers column =
                    (TableColumn.OfNumbers) table.columns().get(rule.column());
            for (int row = 0; row < features.length; row++) {
                boolean missing = column.isMissing(row);
                double number = missing ? rule.mean() : column.values()[row];
                features[row][next] = (number - rule.scaling().shift()) / rule.scaling().unit();
                if (rule.flagged()) {
                    features[row][next + 1] = missing ? 1 : 0;
                }
            }
            next += rule.flagged() ? 2 : 1;
        }
        int[][] kinds = new int[table.rows()][categories.size()];
        int[] widths = new int[categories.size()];
        for (int k = 0; k < widths.length; k++) {
            TableColumn.OfCategories column =
                    (TableColumn.OfCategories) table.columns().get(categories.get(k));
            widths[k] = column.kinds();
            for (int row = 0; row < kinds.length; row++) {
                kinds[row][k] = column.kind(row);
            }
        }
        return new Encoded(features, kinds, widths);
    }
}
