package io.sluice.report;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.runtime.Engine;
import io.sluice.tables.synthesis.SyntheticRows;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Shows on a page what a model learned: its columns and their dependence beside the data's, what it
 * expects of a column, how far it can be trusted, and rows that it draws.
 */
public final class ModelFigures {
    private static final int MOST_ROWS = 10_000;
    private static final int MOST_MARGINALS = 24;
    private static final int MOST_COLUMNS = 100;
    private static final int DRAWN_ROWS = 12;
    private static final int DRAWN_IMAGES = 64;
    private static final int CONDITIONS = 3;

    private final Engine engine;
    private final Schema schema;
    private final Dataset train;
    private final @Nullable Dataset fresh;
    private final long seed;

    /**
     * Takes what the figures are about.
     *
     * @param engine of the model
     * @param train what it learned from, under the model's schema
     * @param fresh rows that it did not learn from; null when there are none
     */
    public ModelFigures(Engine engine, Dataset train, @Nullable Dataset fresh, long seed) {
        this.engine = engine;
        this.schema = train.schema();
        this.train = train;
        this.fresh = fresh;
        this.seed = seed;
    }

    /** Adds the sections. */
    public void addTo(ReportPage page) {
        if (schema.image() == null) {
            addTable(page);
        } else {
            addImages(page);
        }
        addCalibration(page);
    }

    private void addImages(ReportPage page) {
        page.section("Samples")
                .sheet(
                        "samples",
                        DRAWN_IMAGES + " images that the model draws by itself.",
                        engine.sample(DRAWN_IMAGES, seed).withSchema(schema));
        Dataset shown = fresh == null ? train : fresh;
        Dataset completed = InPainting.of(engine, shown, seed);
        if (completed != null) {
            page.section("Completed images")
                    .sheet(
                            "completed",
                            "In threes: "
                                    + (fresh == null ? "a training image" : "an image held out")
                                    + ", its upper half, and the model's completion of it.",
                            completed);
        }
    }

    private void addTable(ReportPage page) {
        int count = (int) Math.min(train.rows(), MOST_ROWS);
        Dataset some = train.slice(0, count);
        Dataset real = SyntheticRows.like(some, schema, Map.of(), seed);
        Dataset drawn =
                SyntheticRows.like(
                        engine.sample(count, seed).withSchema(schema), schema, Map.of(), seed);
        addMarginals(page, real, drawn);
        if (schema.variables() > 1) {
            List<Dependence> both = Dependence.of(real, drawn);
            addDependence(page, both);
            addConditional(page, real, both.get(0));
        }
        addRows(page, drawn);
    }

    private void addMarginals(ReportPage page, Dataset real, Dataset drawn) {
        List<Marginal> all =
                IntStream.range(0, real.variables())
                        .mapToObj(v -> Marginal.of(real, drawn, v))
                        .toList();
        List<Marginal> farthest =
                all.stream().sorted(Comparator.comparingDouble(m -> -m.distance())).toList();
        List<Marginal> shown = farthest.stream().limit(MOST_MARGINALS).toList();
        page.section("Columns, real and drawn")
                .text(
                        "Rows that the model draws should have each value as often as the real rows"
                                + " have it."
                                + (shown.size() < all.size()
                                        ? " These are the "
                                                + shown.size()
                                                + " of "
                                                + all.size()
                                                + " columns that differ most."
                                        : "")
                                + " Bars and steps are per cent of the rows that have the cell; the"
                                + " end intervals of numbers take in what lies beyond them.");
        for (int v = 0; v < all.size(); v++) {
            Marginal marginal = all.get(v);
            if (shown.contains(marginal)) {
                page.chart(
                        "column-" + (v + 1),
                        String.format(
                                Locale.ROOT,
                                "%s: %.1f%% of the drawn rows would have to change.",
                                marginal.column(),
                                100 * marginal.distance()),
                        marginal.chart());
            }
        }
    }

    private static void addDependence(ReportPage page, List<Dependence> both) {
        page.section("Dependence of columns")
                .text(
                        "Per cent of what there is to know of one column that another one tells:"
                            + " mutual information over the smaller entropy. The two maps should"
                            + " look alike.")
                .chart("dependence-real", "Real rows.", both.get(0).chart())
                .chart("dependence-drawn", "Drawn rows.", both.get(1).chart());
    }

    /** What the model expects of one column of the most dependent pair, given the other. */
    private void addConditional(ReportPage page, Dataset real, Dependence dependence) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        int[] pair = dependence.strongestPair();
        int first = names.indexOf(dependence.columns().get(pair[0]));
        int second = names.indexOf(dependence.columns().get(pair[1]));
        page.section("What the model expects")
                .text(
                        "The probability of each value, in per cent, when only one other cell of"
                                + " the row is known.");
        addConditional(page, real, first, second);
        addConditional(page, real, second, first);
    }

    private void addConditional(ReportPage page, Dataset real, int given, int asked) {
        String name = schema.column(given).name();
        List<String> texts = new ArrayList<>();
        DatasetBuilder evidence = Dataset.builder(schema);
        for (double cell : typical(given)) {
            double[] row = new double[schema.variables()];
            Arrays.fill(row, Double.NaN);
            row[given] = cell;
            String text =
                    Style.shortened(name)
                            + " = "
                            + Style.shortened(schema.column(given).text(cell));
            if (!texts.contains(text)) {
                texts.add(text);
                evidence.add(row);
            }
        }
        if (texts.isEmpty()) {
            return;
        }
        Dataset rows = evidence.build();
        if (Arrays.stream(engine.logLikelihood(rows).values()).anyMatch(Double::isInfinite)) {
            return;
        }
        page.chart(
                "given-" + (given + 1),
                "The model's expectation of "
                        + schema.column(asked).name()
                        + ", given "
                        + name
                        + ".",
                ConditionalDensity.of(engine, real, asked, rows, texts).chart());
    }

    /** The most common categories, or the numbers at the lower, middle and upper parts. */
    private double[] typical(int variable) {
        double[] cells =
                IntStream.range(0, (int) Math.min(train.rows(), MOST_ROWS))
                        .filter(row -> !train.isMissing(row, variable))
                        .mapToDouble(row -> train.value(row, variable))
                        .sorted()
                        .toArray();
        Column column = schema.column(variable);
        if (!column.isCategorical() || column.numbers() != null) {
            return IntStream.range(0, cells.length == 0 ? 0 : CONDITIONS)
                    .mapToDouble(k -> cells[(2 * k + 1) * cells.length / (2 * CONDITIONS)])
                    .toArray();
        }
        int[] counts = new int[column.categories()];
        Arrays.stream(cells).forEach(cell -> counts[(int) cell]++);
        return IntStream.range(0, counts.length)
                .boxed()
                .filter(code -> counts[code] > 0)
                .sorted(Comparator.comparingInt(code -> -counts[code]))
                .limit(CONDITIONS)
                .mapToDouble(code -> code)
                .toArray();
    }

    private void addCalibration(ReportPage page) {
        if (fresh == null || fresh.rows() == 0) {
            return;
        }
        Calibration calibration = Calibration.of(engine, fresh, seed);
        if (!calibration.isEmpty()) {
            page.section("Calibration")
                    .chart(
                            "calibration",
                            "Cells of rows held out, predicted from the rest of their rows. What is"
                                    + " said to have a probability of 30% should come true in 30%"
                                    + " of the cases.",
                            calibration.chart());
        }
    }

    private static void addRows(ReportPage page, Dataset drawn) {
        int columns = Math.min(drawn.variables(), MOST_COLUMNS);
        List<String> heads =
                IntStream.range(0, columns).mapToObj(v -> drawn.schema().column(v).name()).toList();
        List<List<String>> rows =
                IntStream.range(0, (int) Math.min(DRAWN_ROWS, drawn.rows()))
                        .mapToObj(
                                row ->
                                        IntStream.range(0, columns)
                                                .mapToObj(v -> drawn.text(row, v))
                                                .toList())
                        .toList();
        page.section("Samples").text("Rows that the model draws by itself.").table(heads, rows);
    }
}
