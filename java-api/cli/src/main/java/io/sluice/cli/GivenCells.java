package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;
import io.sluice.runtime.Engine;
import io.sluice.tables.measure.Table;
import io.sluice.tables.measure.TableColumn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cells that all rows are to have: {@code --given column=value,column=value}. */
final class GivenCells {
    /** Columns and labels that a message lists. */
    private static final int SHOWN = 20;

    /** A comma before another column: a value may have commas of its own. */
    private static final Pattern NEXT = Pattern.compile(",(?=[^,=]+=)");

    private final Map<String, String> texts = new LinkedHashMap<>();

    /** Takes texts like {@code column=value,column=value} apart. */
    static GivenCells of(List<String> options) {
        GivenCells given = new GivenCells();
        for (String option : options.stream().flatMap(NEXT::splitAsStream).toList()) {
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
                    int variable = index(schema, "--given", name);
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
                    Column column = schema.column(index(schema, "--given", name));
                    if (column.numbers() != null) {
                        numbers.put(name, number(column, text));
                    }
                });
        return numbers;
    }

    /**
     * Checks that these cells can occur together.
     *
     * @param row one that has them
     */
    void requirePossible(Engine engine, Dataset row) {
        if (engine.logLikelihood(row).values()[0] == Double.NEGATIVE_INFINITY) {
            throw new UsageException(
                    "--given "
                            + describe()
                            + " has probability zero under the model: give cells that occur"
                            + " together");
        }
    }

    /** The rows of a table that have these cells. */
    int[] matching(Table table, Map<String, Double> numbers) {
        return IntStream.range(0, table.rows())
                .filter(row -> matches(table, row, numbers))
                .toArray();
    }

    private boolean matches(Table table, int row, Map<String, Double> numbers) {
        return texts.entrySet().stream()
                .allMatch(
                        each -> {
                            TableColumn column = table.columns().get(table.indexOf(each.getKey()));
                            return !column.isMissing(row)
                                    && switch (column) {
                                        case TableColumn.OfNumbers known ->
                                                Double.valueOf(known.values()[row])
                                                        .equals(
                                                                numbers.getOrDefault(
                                                                        each.getKey(),
                                                                        parse(each.getValue())));
                                        case TableColumn.OfCategories known ->
                                                known.labels()
                                                        .get(known.codes()[row])
                                                        .equals(each.getValue());
                                    };
                        });
    }

    /** The number of a column that an option names. */
    static int index(Schema schema, String option, String name) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new UsageException(
                    option
                            + " "
                            + name
                            + " is no column of the model"
                            + NearestWord.hint(name, names)
                            + "the columns are "
                            + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                            + (names.size() > SHOWN ? ", ..." : ""));
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
                            + labels.stream().limit(SHOWN).collect(Collectors.joining(", "))
                            + (labels.size() > SHOWN ? ", ..." : ""));
        }
        return code;
    }

    private static double number(Column column, String text) {
        Numbers numbers = column.numbers();
        double number = numbers == null ? parse(text) : numbers.quantity().parse(text);
        if (!Double.isFinite(number)) {
            Quantity quantity = numbers == null ? null : numbers.quantity();
            String remedy =
                    quantity == null || !quantity.kind().isCalendar()
                            ? " is no number: give one"
                            : " is not written as in the column: give one such as "
                                    + quantity.text(quantity.minimum());
            throw new UsageException("--given " + column.name() + "=" + text + remedy);
        }
        return number;
    }

    private static double parse(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
