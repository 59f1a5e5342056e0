package io.sluice.tables.measure;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table of numbers and categories in memory. Two tables are compared under the same columns: see
 * {@link #with}.
 *
 * <p>Immutable; safe to share between threads as long as nobody writes to the arrays of a column.
 *
 * @param columns at least one, all with the same number of cells
 */
public record Table(List<TableColumn> columns) {

    /** Checks that the columns fit each other. */
    public Table {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new InvalidArgumentException("a table without columns: give at least one");
        }
        for (TableColumn column : columns) {
            if (column.rows() != columns.get(0).rows()) {
                throw new InvalidArgumentException(
                        "column '"
                                + column.name()
                                + "' has "
                                + column.rows()
                                + " cells, column '"
                                + columns.get(0).name()
                                + "' has "
                                + columns.get(0).rows()
                                + ": these must be equal");
            }
        }
    }

    /**
     * The rows of a data set. A column is one of numbers when its cells stand for numbers or are
     * real numbers themselves, otherwise one of categories.
     */
    public static Table of(Dataset data) {
        int rows = Math.toIntExact(data.rows());
        return new Table(
                IntStream.range(0, data.variables()).mapToObj(v -> column(data, v, rows)).toList());
    }

    private static TableColumn column(Dataset data, int variable, int rows) {
        Column column = data.schema().column(variable);
        Numbers numbers = column.numbers();
        if (column.isCategorical() && numbers == null) {
            int[] codes = new int[rows];
            for (int row = 0; row < rows; row++) {
                codes[row] = data.isMissing(row, variable) ? -1 : (int) data.value(row, variable);
            }
            List<String> labels =
                    IntStream.range(0, column.categories()).mapToObj(column::label).toList();
            return new TableColumn.OfCategories(column.name(), codes, labels);
        }
        double[] values = new double[rows];
        for (int row = 0; row < rows; row++) {
            double cell = data.value(row, variable);
            values[row] = numbers == null || Double.isNaN(cell) ? cell : numbers.number(cell);
        }
        return new TableColumn.OfNumbers(column.name(), values);
    }

    /** How many rows there are. */
    public int rows() {
        return columns.get(0).rows();
    }

    /** Copies some rows. */
    public Table rows(int[] chosen) {
        return new Table(columns.stream().map(column -> column.rows(chosen)).toList());
    }

    /** The same rows without a column. */
    Table without(int column) {
        return new Table(
                IntStream.range(0, columns.size())
                        .filter(c -> c != column)
                        .mapToObj(columns::get)
                        .toList());
    }

    /** The same rows when there are at most so many, otherwise so many of them at random. */
    public Table atMost(int most, long seed) {
        if (rows() <= most) {
            return this;
        }
        return rows(Arrays.copyOf(shuffled(rows(), seed), most));
    }

    /** The numbers 0 to {@code count - 1} in random order. */
    public static int[] shuffled(int count, long seed) {
        Random random = new Random(seed);
        int[] order = IntStream.range(0, count).toArray();
        for (int last = count - 1; last > 0; last--) {
            int other = random.nextInt(last + 1);
            int held = order[last];
            order[last] = order[other];
            order[other] = held;
        }
        return order;
    }

    /**
     * The position of a column.
     *
     * @throws InvalidArgumentException when there is no column of this name
     */
    public int indexOf(String name) {
        for (int c = 0; c < columns.size(); c++) {
            if (columns.get(c).name().equals(name)) {
                return c;
            }
        }
        throw new InvalidArgumentException(
                "there is no column '" + name + "': the columns are " + String.join(", ", names()));
    }

    /** The names of the columns. */
    public List<String> names() {
        return columns.stream().map(TableColumn::name).toList();
    }

    /** Two tables whose columns have the same names, kinds and labels, in the same order. */
    public record Pair(Table first, Table second) {

        /** The rows of the first, then those of the second. */
        public Table joined() {
            List<TableColumn> joined = new ArrayList<>();
            for (int c = 0; c < first.columns.size(); c++) {
                joined.add(joined(first.columns.get(c), second.columns.get(c)));
            }
            return new Table(joined);
        }

        private static TableColumn joined(TableColumn first, TableColumn second) {
            return switch (first) {
                case TableColumn.OfNumbers numbers ->
                        new TableColumn.OfNumbers(
                                first.name(),
                                DoubleStream.concat(
                                                Arrays.stream(numbers.values()),
                                                Arrays.stream(
                                                        ((TableColumn.OfNumbers) second).values()))
                                        .toArray());
                case TableColumn.OfCategories categories ->
                        new TableColumn.OfCategories(
                                first.name(),
                                IntStream.concat(
                                                Arrays.stream(categories.codes()),
                                                Arrays.stream(
                                                        ((TableColumn.OfCategories) second)
                                                                .codes()))
                                        .toArray(),
                                categories.labels());
            };
        }
    }

    /**
     * This table and another under the columns that both have, in the order of this one. Columns
     * are matched by name; categories get the labels of both. A column that is numbers in one table
     * and categories in the other counts as numbers if all labels are numbers, otherwise as
     * categories.
     *
     * @throws InvalidArgumentException when the tables have no column in common
     */
    public Pair with(Table other) {
        List<TableColumn[]> pairs =
                columns.stream()
                        .filter(mine -> other.names().contains(mine.name()))
                        .map(mine -> matched(mine, other.columns.get(other.indexOf(mine.name()))))
                        .toList();
        if (pairs.isEmpty()) {
            throw new InvalidArgumentException(
                    "the tables have no column in common, one has "
                            + String.join(", ", names())
                            + ", the other "
                            + String.join(", ", other.names())
                            + ": give tables with columns of the same names");
        }
        return new Pair(
                new Table(pairs.stream().map(pair -> pair[0]).toList()),
                new Table(pairs.stream().map(pair -> pair[1]).toList()));
    }

    private static TableColumn[] matched(TableColumn mine, TableColumn theirs) {
        if (mine instanceof TableColumn.OfNumbers && theirs instanceof TableColumn.OfNumbers) {
            return new TableColumn[] {mine, theirs};
        }
        if (mine instanceof TableColumn.OfCategories a
                && theirs instanceof TableColumn.OfCategories b) {
            return joined(a, b);
        }
        TableColumn.OfNumbers numbers = numbers(mine);
        TableColumn.OfNumbers others = numbers(theirs);
        return numbers != null && others != null
                ? new TableColumn[] {numbers, others}
                : joined(categories(mine), categories(theirs));
    }

    private static TableColumn[] joined(TableColumn.OfCategories a, TableColumn.OfCategories b) {
        Map<String, Integer> codes = new LinkedHashMap<>();
        Stream.concat(a.labels().stream(), b.labels().stream())
                .forEach(label -> codes.putIfAbsent(label, codes.size()));
        List<String> labels = List.copyOf(codes.keySet());
        return new TableColumn[] {recoded(a, codes, labels), recoded(b, codes, labels)};
    }

    private static TableColumn recoded(
            TableColumn.OfCategories column, Map<String, Integer> codes, List<String> labels) {
        int[] changed = column.labels().stream().mapToInt(codes::get).toArray();
        return new TableColumn.OfCategories(
                column.name(),
                Arrays.stream(column.codes()).map(code -> code < 0 ? -1 : changed[code]).toArray(),
                labels);
    }

    /** A column as numbers; null when it is not one of numbers. */
    private static TableColumn.@Nullable OfNumbers numbers(TableColumn column) {
        return switch (column) {
            case TableColumn.OfNumbers numbers -> numbers;
            case TableColumn.OfCategories categories -> {
                double[] values = new double[categories.labels().size()];
                try {
                    for (int code = 0; code < values.length; code++) {
                        values[code] = Double.parseDouble(categories.labels().get(code));
                    }
                } catch (NumberFormatException e) {
                    yield null;
                }
                yield new TableColumn.OfNumbers(
                        column.name(),
                        Arrays.stream(categories.codes())
                                .mapToDouble(code -> code < 0 ? Double.NaN : values[code])
                                .toArray());
            }
        };
    }

    private static TableColumn.OfCategories categories(TableColumn column) {
        return switch (column) {
            case TableColumn.OfCategories categories -> categories;
            case TableColumn.OfNumbers numbers -> {
                Map<String, Integer> known = new LinkedHashMap<>();
                int[] codes = new int[numbers.rows()];
                for (int row = 0; row < codes.length; row++) {
                    codes[row] =
                            numbers.isMissing(row)
                                    ? -1
                                    : known.computeIfAbsent(
                                            Double.toString(numbers.values()[row]),
                                            label -> known.size());
                }
                yield new TableColumn.OfCategories(
                        column.name(), codes, List.copyOf(known.keySet()));
            }
        };
    }
}
