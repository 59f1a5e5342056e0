package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.tables.measure.Table;
import io.sluice.tables.measure.TableColumn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cells that all rows are to have: {@code --given column=value}. */
final class GivenCells {
    private final Map<String, String> texts = new LinkedHashMap<>();

    /** Takes texts like {@code column=value} apart. */
    static GivenCells of(List<String> options) {
        GivenCells given = new GivenCells();
        for (String option : options) {
            int at = option.indexOf('=');
            if (at < 1) {
                throw new UsageException(
                        "--given " + option + " names no column: give column=value");
            }
            String column = option.substring(0, at);
            if (given.texts.put(column, option.substring(at + 1)) != null) {
                throw new UsageException("--given names column '" + column + "' twice: give one");
            }
        }
        return given;
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** As people wrote it. */
    String describe() {
        return texts.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(", "));
    }

    /** The names of the columns. */
    Map<String, String> byColumn() {
        return texts;
    }

    /** One row with these cells, the others missing. */
    Dataset row(Schema schema) {
        double[] cells = new double[schema.variables()];
        Arrays.fill(cells, Double.NaN);
        texts.forEach(
                (name, text) -> {
                    int variable = index(schema, name);
                    cells[variable] = cell(schema.column(variable), text);
                });
        DatasetBuilder row = Dataset.builder(schema);
        row.add(cells);
        return row.build();
    }

    /** The numbers among them, by column. */
    Map<String, Double> numbers(Schema schema) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        texts.forEach(
                (name, text) -> {
                    Column column = schema.column(index(schema, name));
                    if (column.numbers() != null) {
                        numbers.put(name, number(column, text));
                    }
                });
        return numbers;
    }

    /** The rows of a table that have these cells. */
    int[] matching(Table table) {
        return IntStream.range(0, table.rows()).filter(row -> matches(table, row)).toArray();
    }

    private boolean matches(Table table, int row) {
        return texts.entrySet().stream()
                .allMatch(
                        each -> {
                            TableColumn column = table.columns().get(table.indexOf(each.getKey()));
                            return !column.isMissing(row) && matches(column, row, each.getValue());
                        });
    }

    private static boolean matches(TableColumn column, int row, String text) {
        return switch (column) {
            case TableColumn.OfNumbers numbers -> numbers.values()[row] == Double.parseDouble(text);
            case TableColumn.OfCategories categories ->
                    categories.labels().get(categories.codes()[row]).equals(text);
        };
    }

    private static int index(Schema schema, String name) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new UsageException(
                    "--given "
                            + name
                            + " is no column of the model"
                            + NearestWord.hint(name, names)
                            + "the columns are "
                            + String.join(", ", names));
        }
        return index;
    }

    private static double cell(Column column, String text) {
        Numbers numbers = column.numbers();
        if (numbers != null) {
            return numbers.cell(number(column, text));
        }
        if (!column.isCategorical()) {
            return number(column, text);
        }
        List<String> labels =
                IntStream.range(0, column.categories()).mapToObj(column::label).toList();
        int code = labels.indexOf(text);
        if (code < 0) {
            throw new UsageException(
                    "--given "
                            + column.name()
                            + "="
                            + text
                            + " is no value of the column"
                            + NearestWord.hint(text, labels)
                            + "give one of "
                            + labels.stream().limit(20).collect(Collectors.joining(", ")));
        }
        return code;
    }

    private static double number(Column column, String text) {
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException(
                "--given " + column.name() + "=" + text + " is no number: give one");
    }
}
