package io.sluice.report;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import org.knowm.xchart.XYChart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Whether predictions can be taken at their word. Single cells of rows are hidden and predicted
 * from the rest of their rows.
 *
 * @param categories of names: how probable they were said to be, and how often they came true
 * @param numbers the probability that a number was said to be below some bound, and how often it
 *     was
 */
public record Calibration(List<Point> categories, List<Point> numbers) {
    private static final int MOST_CELLS = 4000;
    private static final int GROUPS = 10;
    private static final int QUANTILES = 20;

    /** Predictions in a group below which their share says little. */
    private static final int FEWEST = 20;

    /** Takes copies of the lists. */
    public Calibration {
        categories = List.copyOf(categories);
        numbers = List.copyOf(numbers);
    }

    /**
     * Predictions that were alike.
     *
     * @param predicted the probability that was predicted, on average
     * @param observed how often what was predicted came true, as a share
     * @param count how many predictions there were
     */
    public record Point(double predicted, double observed, int count) {}

    /**
     * Hides and predicts up to 4,000 cells.
     *
     * @param rows that the model did not learn from, under its schema
     * @param seed of the choice of cells
     */
    public static Calibration of(Engine engine, Dataset rows, long seed) {
        Random random = new Random(seed);
        List<long[]> cells = new ArrayList<>();
        DatasetBuilder asked = Dataset.builder(rows.schema());
        for (int k = 0; k < MOST_CELLS; k++) {
            long row = random.nextInt(Math.toIntExact(rows.rows()));
            int variable = random.nextInt(rows.variables());
            if (!rows.isMissing(row, variable)) {
                double[] values = new double[rows.variables()];
                for (int v = 0; v < values.length; v++) {
                    values[v] = v == variable ? Double.NaN : rows.value(row, v);
                }
                asked.add(values);
                cells.add(new long[] {row, variable});
            }
        }
        Tally tally = new Tally(random);
        if (!cells.isEmpty()) {
            Dataset evidence = asked.build();
            double[] likely = engine.logLikelihood(evidence).values();
            int[] possible =
                    IntStream.range(0, likely.length)
                            .filter(k -> likely[k] > Double.NEGATIVE_INFINITY)
                            .toArray();
            Conditionals found = engine.conditionals(evidence.rows(possible));
            for (int cell = 0; cell < found.cells(); cell++) {
                long[] hidden = cells.get(possible[found.row(cell)]);
                if (found.variable(cell) == hidden[1]) {
                    int variable = (int) hidden[1];
                    tally.add(
                            rows.schema().column(variable),
                            found,
                            cell,
                            rows.value(hidden[0], variable));
                }
            }
        }
        return tally.result();
    }

    /** Counts what came true. */
    private static final class Tally {
        private final Random random;
        private final double[] predicted = new double[GROUPS];
        private final int[] came = new int[GROUPS];
        private final int[] counts = new int[GROUPS];
        private final List<Double> ranks = new ArrayList<>();

        Tally(Random random) {
            this.random = random;
        }

        void add(Column column, Conditionals found, int cell, double actual) {
            if (!found.finite(cell)) {
                ranks.add(found.cumulative(cell, actual));
                return;
            }
            double[] probabilities = found.probabilities(cell);
            if (column.numbers() != null) {
                double below = Arrays.stream(probabilities, 0, (int) actual).sum();
                // A bin is divided at random, so that ranks are uniform where predictions hold.
                ranks.add(below + random.nextDouble() * probabilities[(int) actual]);
                return;
            }
            for (int code = 0; code < column.categories(); code++) {
                int group = (int) Math.min(GROUPS - 1, Math.max(0, GROUPS * probabilities[code]));
                predicted[group] += probabilities[code];
                came[group] += code == actual ? 1 : 0;
                counts[group]++;
            }
        }

        Calibration result() {
            List<Point> categories =
                    IntStream.range(0, GROUPS)
                            .filter(g -> counts[g] >= FEWEST)
                            .mapToObj(
                                    g ->
                                            new Point(
                                                    predicted[g] / counts[g],
                                                    (double) came[g] / counts[g],
                                                    counts[g]))
                            .toList();
            List<Point> numbers = new ArrayList<>();
            for (int k = 0; k <= QUANTILES && ranks.size() >= FEWEST; k++) {
                double bound = (double) k / QUANTILES;
                long below = ranks.stream().filter(rank -> rank <= bound).count();
                numbers.add(new Point(bound, (double) below / ranks.size(), ranks.size()));
            }
            return new Calibration(categories, numbers);
        }
    }

    /** Whether too few cells were predicted to say anything. */
    public boolean isEmpty() {
        return categories.isEmpty() && numbers.isEmpty();
    }

    /**
     * Draws predicted against observed shares; where predictions hold, lines follow the diagonal.
     */
    public Chart chart() {
        XYChart chart = Style.lines("predicted, %", "came true, %");
        double[] ends = {0, 100};
        Style.line(chart, "perfect", ends, ends, Style.GREY);
        if (!categories.isEmpty()) {
            line(chart, "categories", categories, Style.BLUE);
        }
        if (!numbers.isEmpty()) {
            line(chart, "numbers below a bound", numbers, Style.ORANGE);
        }
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisMax(100.0);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMax(100.0);
        return Chart.of(chart);
    }

    private static void line(
            XYChart chart, String name, List<Point> points, java.awt.Color colour) {
        Style.line(
                chart,
                name,
                points.stream().mapToDouble(point -> 100 * point.predicted()).toArray(),
                points.stream().mapToDouble(point -> 100 * point.observed()).toArray(),
                colour);
    }
}
