package io.sluice.tables;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The observed cells of rows that are surprising given the other cells of their row. Costs a
 * conditional query of all rows for each column.
 */
public final class Surprises {
    private static final double LOW = 0.05;
    private static final double HIGH = 0.95;

    private Surprises() {}

    /**
     * A surprising cell.
     *
     * @param variable number of the column
     * @param column name of the column
     * @param text what the cell says
     * @param expected what would have been expected: the most probable name, or the median of a
     *     number with the range from its 5% to its 95% quantile
     * @param nats how much less probable the cell is than the most probable value, at least 0
     */
    public record Surprise(int variable, String column, String text, String expected, double nats) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%s=%s (expected %s; %.1f nats)", column, text, expected, nats);
        }
    }

    /**
     * Finds surprises.
     *
     * @param engine that knows the columns
     * @param rows under the engine's schema; impossible rows have no surprises
     * @param least surprises of fewer nats are left out
     * @param most how many of a row are kept, the greatest ones
     * @return for each row, the greatest surprise first
     */
    public static List<List<Surprise>> of(Engine engine, Dataset rows, double least, int most) {
        List<List<Surprise>> found = new ArrayList<>();
        double[] logs = engine.logLikelihood(rows).values();
        for (int r = 0; r < logs.length; r++) {
            found.add(new ArrayList<>());
        }
        for (int v = 0; v < rows.variables(); v++) {
            int variable = v;
            int[] asked =
                    IntStream.range(0, logs.length)
                            .filter(r -> logs[r] > Double.NEGATIVE_INFINITY)
                            .filter(r -> !rows.isMissing(r, variable))
                            .toArray();
            if (asked.length > 0) {
                Conditionals given = engine.conditionals(hiding(rows, asked, variable));
                for (int cell = 0; cell < given.cells(); cell++) {
                    if (given.variable(cell) == variable) {
                        int row = asked[given.row(cell)];
                        Surprise surprise = surprise(rows, row, variable, given, cell);
                        if (surprise.nats() >= least) {
                            found.get(row).add(surprise);
                        }
                    }
                }
            }
        }
        return found.stream()
                .map(
                        each ->
                                each.stream()
                                        .sorted(Comparator.comparingDouble(s -> -s.nats()))
                                        .limit(most)
                                        .toList())
                .toList();
    }

    /**
     * How surprising each observed cell is, in nats: see {@link Surprise#nats}.
     *
     * @param engine that knows the columns
     * @param rows under the engine's schema
     * @return {@code [row][variable]}; 0 where a cell is missing and in impossible rows
     */
    public static double[][] nats(Engine engine, Dataset rows) {
        double[][] nats = new double[Math.toIntExact(rows.rows())][rows.variables()];
        List<List<Surprise>> found = of(engine, rows, 0, rows.variables());
        for (int r = 0; r < nats.length; r++) {
            for (Surprise surprise : found.get(r)) {
                nats[r][surprise.variable()] = surprise.nats();
            }
        }
        return nats;
    }

    private static Dataset hiding(Dataset rows, int[] asked, int variable) {
        DatasetBuilder builder = Dataset.builder(rows.schema());
        double[] cells = new double[rows.variables()];
        for (int row : asked) {
            for (int v = 0; v < cells.length; v++) {
                cells[v] = v == variable ? Double.NaN : rows.value(row, v);
            }
            builder.add(cells);
        }
        return builder.build();
    }

    private static Surprise surprise(
            Dataset rows, int row, int variable, Conditionals given, int cell) {
        Column column = rows.schema().column(variable);
        CellDistribution distribution = CellDistribution.of(column, given, cell);
        double value = rows.value(row, variable);
        Numbers numbers = column.numbers();
        double nats;
        if (distribution.isFinite()) {
            double[] probabilities = distribution.probabilities();
            int mode = distribution.mode();
            nats = log(probabilities, mode, numbers) - log(probabilities, (int) value, numbers);
        } else {
            nats = given.logDensity(cell, distribution.modeCell()) - given.logDensity(cell, value);
        }
        return new Surprise(
                variable,
                column.name(),
                rows.text(row, variable),
                expected(column, distribution),
                Math.max(0, nats));
    }

    private static double log(double[] probabilities, int code, @Nullable Numbers numbers) {
        return Math.log(probabilities[code]) - (numbers == null ? 0 : numbers.logWidth(code));
    }

    private static String expected(Column column, CellDistribution distribution) {
        Numbers numbers = column.numbers();
        if (numbers == null || !distribution.isNumber()) {
            return distribution.isFinite()
                    ? column.label(distribution.mode())
                    : column.text(distribution.mean());
        }
        return numbers.quantity().text(numbers.quantity().nearest(distribution.quantile(0.5)))
                + ", "
                + numbers.quantity().text(numbers.quantity().nearest(distribution.quantile(LOW)))
                + " to "
                + numbers.quantity().text(numbers.quantity().nearest(distribution.quantile(HIGH)));
    }
}
