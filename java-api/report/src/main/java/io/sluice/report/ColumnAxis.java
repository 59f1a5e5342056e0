package io.sluice.report;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The axis of a column, divided into few parts: the most common categories and a rest, or intervals
 * of equal width.
 */
final class ColumnAxis {
    private static final int MOST_CATEGORIES = 12;
    private static final int INTERVALS = 30;

    /** Share of the rows at each end that the end intervals take in. */
    private static final double TAIL = 0.005;

    private final Column column;
    private final List<String> labels; // of categories; empty for numbers
    private final int[] partOfCode; // of categories; empty for numbers
    private final double[] edges; // of numbers; empty for categories

    private ColumnAxis(Column column, List<String> labels, int[] partOfCode, double[] edges) {
        this.column = column;
        this.labels = labels;
        this.partOfCode = partOfCode;
        this.edges = edges;
    }

    /** Divides the axis of a column by the rows of a table. */
    static ColumnAxis of(Dataset rows, int variable) {
        Column column = rows.schema().column(variable);
        boolean names = column.isCategorical() && column.numbers() == null;
        if (names && (column.categories() <= MOST_CATEGORIES || labelValue(column, 0) == null)) {
            return ofCategories(rows, variable, column);
        }
        return ofNumbers(rows, variable, column);
    }

    private static ColumnAxis ofCategories(Dataset rows, int variable, Column column) {
        int[] counts = new int[column.categories()];
        for (long row = 0; row < rows.rows(); row++) {
            if (!rows.isMissing(row, variable)) {
                counts[(int) rows.value(row, variable)]++;
            }
        }
        Set<Integer> shown =
                new HashSet<>(
                        IntStream.range(0, counts.length)
                                .boxed()
                                .sorted(Comparator.comparingInt(code -> -counts[code]))
                                .limit(
                                        counts.length <= MOST_CATEGORIES
                                                ? counts.length
                                                : MOST_CATEGORIES - 1)
                                .toList());
        List<String> labels = new ArrayList<>();
        int[] parts = new int[counts.length];
        for (int code = 0; code < counts.length; code++) {
            parts[code] = shown.contains(code) ? labels.size() : shown.size();
            if (shown.contains(code)) {
                labels.add(distinct(Style.shortened(column.label(code)), labels));
            }
        }
        if (shown.size() < counts.length) {
            labels.add(distinct((counts.length - shown.size()) + " others", labels));
        }
        return new ColumnAxis(column, List.copyOf(labels), parts, new double[0]);
    }

    /** Shortened labels may be alike, and a chart takes each once. */
    private static String distinct(String label, List<String> taken) {
        String found = label.isEmpty() ? "(empty)" : label;
        for (int n = 2; taken.contains(found); n++) {
            found = label + " (" + n + ")";
        }
        return found;
    }

    private static ColumnAxis ofNumbers(Dataset rows, int variable, Column column) {
        double[] sorted =
                IntStream.range(0, Math.toIntExact(rows.rows()))
                        .filter(row -> !rows.isMissing(row, variable))
                        .mapToDouble(row -> number(column, rows.value(row, variable)))
                        .sorted()
                        .toArray();
        if (sorted.length == 0) {
            return new ColumnAxis(column, List.of(), new int[0], new double[] {0, 1});
        }
        double low = sorted[(int) (TAIL * sorted.length)];
        double high = sorted[sorted.length - 1 - (int) (TAIL * sorted.length)];
        double resolution = resolution(column);
        double width = (high - low) / INTERVALS;
        if (resolution > 0) {
            width =
                    Math.max(1, Math.ceil(((high - low) / resolution + 1) / INTERVALS))
                            * resolution;
            low -= resolution / 2;
            high += resolution / 2;
        }
        if (!(width > 0)) {
            width = Math.max(1, Math.abs(low)) / 100;
            low -= width / 2;
            high += width / 2;
        }
        int count = (int) Math.max(1, Math.ceil((high - low) / width - 1e-9));
        double[] edges = new double[count + 1];
        for (int k = 0; k <= count; k++) {
            edges[k] = low + k * width;
        }
        return new ColumnAxis(column, List.of(), new int[0], edges);
    }

    /**
     * The steps between possible numbers, which intervals must not divide unevenly; 0 if unknown.
     */
    private static double resolution(Column column) {
        Quantity quantity = quantity(column);
        return quantity != null ? quantity.resolution() : column.isCategorical() ? 1 : 0;
    }

    private static @Nullable Quantity quantity(Column column) {
        Numbers numbers = column.numbers();
        return numbers == null ? null : numbers.quantity();
    }

    /** The number that the label of a category says; null when any label says none. */
    private static @Nullable Double labelValue(Column column, int code) {
        try {
            if (code == 0) {
                column.labels().forEach(Double::parseDouble);
            }
            return column.labels().isEmpty()
                    ? Double.valueOf(code)
                    : Double.valueOf(column.label(code));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static double number(Column column, double cell) {
        Numbers numbers = column.numbers();
        if (numbers != null) {
            return numbers.number(cell);
        }
        return column.isCategorical() ? Double.parseDouble(column.label((int) cell)) : cell;
    }

    /** Whether the parts are intervals of numbers. */
    boolean isNumber() {
        return edges.length > 0;
    }

    /** How many parts there are. */
    int parts() {
        return isNumber() ? edges.length - 1 : labels.size();
    }

    /** Names of the parts of categories. */
    List<String> labels() {
        return labels;
    }

    /** Ends of the intervals, ascending. */
    double[] edges() {
        return edges.clone();
    }

    /** The part that a cell of the column belongs to. */
    int part(double cell) {
        return isNumber() ? partOf(number(column, cell)) : partOfCode[(int) cell];
    }

    /** The interval that a number belongs to; the end intervals take in what lies outside. */
    int partOf(double number) {
        int found = Arrays.binarySearch(edges, number);
        int below = found >= 0 ? found : -found - 2;
        return Math.min(Math.max(below, 0), parts() - 1);
    }

    /** The dates or times that the numbers are; null for other numbers. */
    @Nullable Quantity calendar() {
        Quantity quantity = quantity(column);
        return quantity != null && quantity.kind().isCalendar() ? quantity : null;
    }

    /** The share of the rows in each part, among those that have the cell. */
    double[] shares(Dataset rows, int variable) {
        double[] shares = new double[parts()];
        long present = 0;
        for (long row = 0; row < rows.rows(); row++) {
            if (!rows.isMissing(row, variable)) {
                shares[part(rows.value(row, variable))]++;
                present++;
            }
        }
        for (int k = 0; k < shares.length && present > 0; k++) {
            shares[k] /= present;
        }
        return shares;
    }
}
