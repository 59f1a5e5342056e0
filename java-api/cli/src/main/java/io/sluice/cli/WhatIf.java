package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.tables.CellDistribution;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A question about one row: how columns are distributed when some cells are given. */
final class WhatIf {
    /** Categories of a column that people see; JSON has all. */
    private static final int SHOWN = 30;

    private static final double MEDIAN = 0.5;
    private static final double[] QUANTILES = {0.05, 0.25, 0.5, 0.75, 0.95};

    private final GivenCells given;
    private final Schema schema;
    private final List<Integer> asked;

    private WhatIf(GivenCells given, Schema schema, List<Integer> asked) {
        this.given = given;
        this.schema = schema;
        this.asked = asked;
    }

    /**
     * Reads the question.
     *
     * @param of names of the columns that are asked for; none for all that are not given
     * @throws UsageException when a column or a value is unknown
     */
    static WhatIf of(GivenCells given, List<String> of, Schema schema) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        Set<Integer> asked = new LinkedHashSet<>();
        for (String text : of) {
            List<String> parts =
                    names.contains(text) ? List.of(text) : List.of(text.split(",", -1));
            for (String name : parts) {
                if (given.byColumn().containsKey(name)) {
                    throw new UsageException(
                            "--of "
                                    + name
                                    + " is given: ask for another column, or leave it out of"
                                    + " --given");
                }
                asked.add(GivenCells.index(schema, "--of", name));
            }
        }
        if (of.isEmpty()) {
            IntStream.range(0, names.size())
                    .filter(v -> !given.byColumn().containsKey(names.get(v)))
                    .forEach(asked::add);
        }
        if (asked.isEmpty()) {
            throw new UsageException("--given has all columns: leave out those to ask for");
        }
        return new WhatIf(given, schema, List.copyOf(asked));
    }

    /** Answers it. */
    Report answer(Session session, Model model) {
        Report report = new Report().field("given", given.byColumn());
        Map<String, Object> columns = new LinkedHashMap<>();
        try (Engine engine = session.compile(model)) {
            Dataset row = given.row(schema);
            given.requirePossible(engine, row);
            Conditionals found = engine.conditionals(row);
            if (!given.isEmpty()) {
                report.line("given " + given.describe() + ":");
            }
            for (int variable : asked) {
                Column column = schema.column(variable);
                CellDistribution cell = CellDistribution.of(column, found, cell(found, variable));
                columns.put(column.name(), fields(column, cell));
                report.line(column.name());
                lines(column, cell).lines().forEach(report::line);
            }
        }
        return report.field("columns", columns);
    }

    private static int cell(Conditionals found, int variable) {
        return IntStream.range(0, found.cells())
                .filter(cell -> found.variable(cell) == variable)
                .findFirst()
                .orElseThrow();
    }

    /** Whether people read the cells as numbers of a range, rather than one by one. */
    private static boolean isRange(Column column, CellDistribution cell) {
        return column.numbers() != null || !cell.isFinite();
    }

    private static Map<String, Object> fields(Column column, CellDistribution cell) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (isRange(column, cell)) {
            Map<String, Object> quantiles = new LinkedHashMap<>();
            for (double probability : QUANTILES) {
                quantiles.put(
                        Double.toString(probability),
                        value(column, cell.quantile(probability), false));
            }
            fields.put("mean", value(column, cell.mean(), true));
            fields.put("median", value(column, cell.quantile(MEDIAN), false));
            fields.put("standard_deviation", cell.standardDeviation());
            fields.put("quantiles", quantiles);
        } else {
            double[] probabilities = cell.probabilities();
            Map<String, Object> byLabel = new LinkedHashMap<>();
            for (int code = 0; code < probabilities.length; code++) {
                byLabel.put(column.label(code), probabilities[code]);
            }
            fields.put("probabilities", byLabel);
        }
        return fields;
    }

    /**
     * A number for scripts; a text for dates and times.
     *
     * @param exact whether it may lie between the numbers that cells have, as a mean does
     */
    private static Object value(Column column, double number, boolean exact) {
        Numbers numbers = column.numbers();
        if (numbers == null) {
            return number;
        }
        String text = numbers.quantity().text(number);
        if (numbers.quantity().kind().isCalendar()) {
            return text;
        }
        return exact ? number : Double.parseDouble(text);
    }

    private static AlignedTable lines(Column column, CellDistribution cell) {
        AlignedTable table = new AlignedTable("lr");
        if (isRange(column, cell)) {
            table.row("  mean", text(column, cell.mean(), true));
            for (double probability : QUANTILES) {
                String name =
                        probability == MEDIAN
                                ? "median"
                                : Math.round(100 * probability) + "% below";
                table.row("  " + name, text(column, cell.quantile(probability), false));
            }
            return table;
        }
        double[] probabilities = cell.probabilities();
        int[] shown =
                IntStream.range(0, probabilities.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(code -> -probabilities[code]))
                        .limit(SHOWN)
                        .mapToInt(code -> code)
                        .sorted()
                        .toArray();
        for (int code : shown) {
            table.row("  " + Terminal.visible(column.label(code)), figure(probabilities[code]));
        }
        if (shown.length < probabilities.length) {
            double others =
                    Arrays.stream(probabilities).sum()
                            - Arrays.stream(shown).mapToDouble(code -> probabilities[code]).sum();
            table.row(
                    "  " + (probabilities.length - shown.length) + " others",
                    figure(Math.max(0, others)));
        }
        return table;
    }

    /**
     * A number in the words of its column.
     *
     * @param exact whether it may lie between the numbers that cells have, as a mean does
     */
    private static String text(Column column, double number, boolean exact) {
        @Nullable Numbers numbers = column.numbers();
        boolean between = exact && numbers != null && !numbers.quantity().kind().isCalendar();
        return numbers == null || between
                ? String.format(Locale.ROOT, "%.6g", number)
                : numbers.quantity().text(number);
    }

    private static String figure(double probability) {
        return String.format(Locale.ROOT, "%.4f", probability);
    }
}
