package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.data.format.ScaledCoding;
import io.sluice.data.format.UnseenRule;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.runtime.Engine;
import io.sluice.tables.measure.ColumnDistance;
import io.sluice.tables.measure.Detection;
import io.sluice.tables.measure.ModelComparison;
import io.sluice.tables.measure.PairTrends;
import io.sluice.tables.measure.Table;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** {@code sluice compare}. */
@Command(
        name = "compare",
        description = {
            "Compares two models, or two files of data.",
            "Models are compared on the rows of --data: mean log-likelihood per row, in nats and in"
                    + " the units of the columns, and the difference with its standard error.",
            "Data are compared by how well a classifier tells their rows apart, and how much each"
                    + " column differs, the most different first."
        })
final class CompareCommand extends Subcommand {
    private static final int SHOWN_COLUMNS = 20;

    @Parameters(index = "0", paramLabel = "A", description = "A model, or rows: file or folder.")
    String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another of the same kind.")
    String second = "";

    @Option(names = "--data", paramLabel = "DATA", description = "Rows to compare models on.")
    @Nullable String data;

    @Mixin final DataReading reading = new DataReading(UnseenRule.MISSING);

    @Override
    void check() throws IOException {
        DataReading.checkSource("A", first);
        DataReading.checkSource("B", second);
        if (isModel(first) != isModel(second)) {
            throw new UsageException(
                    (isModel(first) ? first : second)
                            + " is a model and "
                            + (isModel(first) ? second : first)
                            + " is none: give two models, or two files of data");
        }
        if (isModel(first) && data == null) {
            throw new UsageException(
                    "two models are compared on rows, and there are none: give --data");
        }
        if (!isModel(first) && data != null) {
            throw new UsageException(
                    "--data "
                            + data
                            + " is for models, and "
                            + first
                            + " and "
                            + second
                            + " are data that are compared with each other: leave it out");
        }
        if (data != null) {
            DataReading.checkSource("--data", data);
        }
        reading.check();
    }

    private static boolean isModel(String source) throws IOException {
        if (source.contains(":") || !Files.isRegularFile(Path.of(source))) {
            return false;
        }
        return source.endsWith(".json") || ModelFile.isModelFile(Path.of(source));
    }

    @Override
    Report run(Session session) throws IOException {
        return data == null ? compareData(session) : compareModels(session, data);
    }

    private Report compareModels(Session session, String source) throws IOException {
        Model a = ModelOption.read(Path.of(first));
        Model b = ModelOption.read(Path.of(second));
        requireSameColumns(session, a.schema(), b.schema());
        double[] ofA = scores(session, a, source);
        ModelComparison found = ModelComparison.of(ofA, scores(session, b, source));
        Report report =
                new Report()
                        .field("rows", ofA.length)
                        .field("log_likelihood", List.of(found.firstMean(), found.secondMean()))
                        .field("difference", found.difference())
                        .field("standard_error", found.standardError())
                        .field("better_rows", List.of(found.firstBetter(), found.secondBetter()))
                        .field("possible_under_both", found.possible());
        new AlignedTable("lrr")
                .row("", "nats per row", "rows more likely")
                .row(first, figure(found.firstMean()), "" + found.firstBetter())
                .row(second, figure(found.secondMean()), "" + found.secondBetter())
                .lines()
                .forEach(report::line);
        report.line(
                String.format(
                        Locale.ROOT,
                        "difference %.4f, standard error %.4f, over %d of %d rows",
                        found.difference(),
                        found.standardError(),
                        found.possible(),
                        ofA.length));
        if (found.possible() < ofA.length) {
            report.line("the other rows have probability zero under one of the models");
        }
        return report;
    }

    /** Log-densities of the rows in the user's units. */
    private double[] scores(Session session, Model model, String source) throws IOException {
        Dataset rows = reading.open(source, model.schema(), session, false).testOrAll();
        try (Engine engine = session.compile(model)) {
            return RowScores.of(session, engine, rows, reading).rows().values();
        }
    }

    private static void requireSameColumns(Session session, Schema a, Schema b) {
        Map<String, Column> ofA = byName(a);
        Map<String, Column> ofB = byName(b);
        Stream.concat(
                        ofA.keySet().stream().filter(name -> !ofB.containsKey(name)),
                        ofB.keySet().stream().filter(name -> !ofA.containsKey(name)))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new UsageException(
                                    "column '"
                                            + name
                                            + "' is in one of the models only: give models of the"
                                            + " same columns");
                        });
        ofA.forEach(
                (name, column) -> {
                    if (differentUnits(column, Objects.requireNonNull(ofB.get(name)))) {
                        session.remark(
                                "warning: column '"
                                        + name
                                        + "' is one of categories in one model and of numbers in"
                                        + " the other: their log-likelihoods have different units");
                    }
                });
    }

    private static Map<String, Column> byName(Schema schema) {
        Map<String, Column> columns = new LinkedHashMap<>();
        schema.columns().forEach(column -> columns.put(column.name(), column));
        return columns;
    }

    /** Whether one column has probabilities and the other densities of another unit. */
    private static boolean differentUnits(Column a, Column b) {
        if (isProbability(a) == isProbability(b)) {
            return false;
        }
        Numbers numbers = a.numbers() == null ? b.numbers() : a.numbers();
        return numbers == null || numbers.quantity().resolution() != 1;
    }

    private static boolean isProbability(Column column) {
        return column.isCategorical() && column.numbers() == null;
    }

    private Report compareData(Session session) throws IOException {
        Table a =
                Table.of(
                        reading.open(first, null, null, null, new ScaledCoding(), session)
                                .testOrAll());
        Table b =
                Table.of(
                        reading.open(second, null, null, null, new ScaledCoding(), session)
                                .testOrAll());
        tellMissing(session, a, b, second);
        tellMissing(session, b, a, first);
        Table.Pair pair = a.with(b);
        Detection trees = Detection.of(pair, Detection.Classifier.TREES, session.seed());
        Detection logistic = Detection.of(pair, Detection.Classifier.LOGISTIC, session.seed());
        PairTrends trends = PairTrends.of(pair, session.seed());
        List<ColumnDistance> columns = ColumnDistance.of(pair);
        List<Map<String, Object>> listed = new ArrayList<>();
        for (ColumnDistance column : columns) {
            listed.add(
                    Map.of(
                            "column", column.column(),
                            "kind", column.numbers() ? "numbers" : "categories",
                            "distance", column.distance(),
                            "missing", List.of(column.firstMissing(), column.secondMissing())));
        }
        Report report =
                new Report()
                        .field("rows", List.of(a.rows(), b.rows()))
                        .field("c2st_trees", trees.score())
                        .field("auc_trees", trees.area())
                        .field("c2st_logistic", logistic.score())
                        .field("auc_logistic", logistic.area())
                        .field("pair_trends", trends.similarity())
                        .field("columns", listed)
                        .line(a.rows() + " rows in " + first + ", " + b.rows() + " in " + second);
        new AlignedTable("lrrl")
                .row("told apart by", "C2ST", "AUC", "")
                .row(
                        "boosted trees",
                        figure(trees.score()),
                        figure(trees.area()),
                        "C2ST 1, AUC 0.5: the same")
                .row(
                        "logistic regression",
                        figure(logistic.score()),
                        figure(logistic.area()),
                        "sees single columns only")
                .lines()
                .forEach(report::line);
        report.line("pairs of columns agree to " + figure(trends.similarity()) + " of 1");
        AlignedTable table =
                new AlignedTable("lrrr").row("column", "distance", "missing", "missing");
        for (ColumnDistance column : columns.subList(0, Math.min(SHOWN_COLUMNS, columns.size()))) {
            table.row(
                    column.column(),
                    figure(column.distance()),
                    percent(column.firstMissing()),
                    percent(column.secondMissing()));
        }
        table.lines().forEach(report::line);
        if (columns.size() > SHOWN_COLUMNS) {
            report.line((columns.size() - SHOWN_COLUMNS) + " columns differ less (--json has all)");
        }
        return report;
    }

    private static void tellMissing(Session session, Table has, Table lacks, String source) {
        for (String name : has.names()) {
            if (!lacks.names().contains(name)) {
                session.remark("warning: column '" + name + "' is not in " + source + ": left out");
            }
        }
    }

    static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
