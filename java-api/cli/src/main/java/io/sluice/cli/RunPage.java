package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Quantity;
import io.sluice.data.format.InferredColumn;
import io.sluice.data.format.InferredTable;
import io.sluice.learning.TrainingHistory.Epoch;
import io.sluice.report.ModelFigures;
import io.sluice.report.ReportPage;
import io.sluice.report.TrainingCurve;
import io.sluice.runtime.Engine;
import io.sluice.tables.TableFit;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code --report}: a page that shows a training run. */
final class RunPage {
    private static final int MOST_COLUMNS = 200;
    private static final int MOST_LABELS = 6;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "New folder for index.html, a page with charts of the run.")
    @Nullable Path folder;

    boolean isWanted() {
        return folder != null;
    }

    void check() {
        Path wanted = folder;
        if (wanted == null) {
            return;
        }
        OutputFile.checkFolder("--report", wanted);
        try {
            ReportPage.check(wanted);
        } catch (InvalidArgumentException e) {
            throw new UsageException("--report " + e.getMessage(), e);
        }
        Path parent = wanted.toAbsolutePath().getParent();
        if (parent != null) {
            OutputFile.checkFolder("--report", parent); // the finished folder is moved there
        }
    }

    /** A page with what the run says at the terminal. */
    static ReportPage begin(String source, Report report) {
        ReportPage page =
                new ReportPage("Training on " + source.replaceFirst(".*[/\\\\](?=.)", ""));
        page.section("Summary");
        report.lines().forEach(page::text);
        return page;
    }

    /** Adds what each column holds, and why. */
    static void addColumns(ReportPage page, DataParts parts, @Nullable InferredTable inferred) {
        page.section("Data");
        Dataset rows = parts.train();
        ImageShape image = parts.schema().image();
        if (image != null) {
            page.text(
                    rows.rows()
                            + " images of "
                            + image.width()
                            + " by "
                            + image.height()
                            + " pixels.");
            return;
        }
        page.text(rows.rows() + " rows of " + rows.variables() + " columns that are modelled.");
        if (inferred == null) {
            return;
        }
        List<List<String>> cells =
                inferred.columns().stream()
                        .limit(MOST_COLUMNS)
                        .map(column -> cells(column, rows))
                        .toList();
        page.table(List.of("column", "type", "values", "missing", "why"), cells);
        if (inferred.columns().size() > MOST_COLUMNS) {
            page.text((inferred.columns().size() - MOST_COLUMNS) + " more columns.");
        }
    }

    private static List<String> cells(InferredColumn inferred, Dataset rows) {
        List<String> names = rows.schema().columns().stream().map(Column::name).toList();
        int variable = names.indexOf(inferred.name());
        Column column = inferred.column();
        return List.of(
                inferred.name(),
                inferred.type().title(),
                column == null ? "not modelled" : values(column),
                variable < 0 ? "" : missing(rows, variable),
                inferred.reason());
    }

    private static String values(Column column) {
        if (column.numbers() != null) {
            Quantity quantity = column.numbers().quantity();
            return quantity.text(quantity.minimum()) + " to " + quantity.text(quantity.maximum());
        }
        if (!column.isCategorical()) {
            return "numbers";
        }
        List<String> shown = new ArrayList<>();
        for (int code = 0; code < Math.min(column.categories(), MOST_LABELS); code++) {
            shown.add(column.label(code));
        }
        return column.categories()
                + ": "
                + String.join(", ", shown)
                + (column.categories() > MOST_LABELS ? ", \u2026" : "");
    }

    private static String missing(Dataset rows, int variable) {
        long count = 0;
        for (long row = 0; row < rows.rows(); row++) {
            count += rows.isMissing(row, variable) ? 1 : 0;
        }
        return count == 0 ? "" : String.format(Locale.ROOT, "%.1f%%", 100.0 * count / rows.rows());
    }

    /** Adds which models were tried, and which was chosen. */
    static void addChoice(ReportPage page, TableFit fit) {
        page.section("Model")
                .text(
                        "Chosen: "
                                + fit.chosen().structure()
                                + ". Of all models that were tried, it makes the "
                                + fit.validRows()
                                + " rows that were held out most likely. Log-likelihoods are means"
                                + " in nats a row; higher is better.")
                .table(
                        List.of("model", "best epoch", "training rows", "rows held out"),
                        fit.tried().stream().map(RunPage::cells).toList());
    }

    private static List<String> cells(TableFit.Tried tried) {
        return List.of(
                tried.structure(),
                tried.epochs() == 0 ? "" : tried.bestEpoch() + "",
                String.format(Locale.ROOT, "%.3f", tried.trainLogLikelihood()),
                String.format(Locale.ROOT, "%.3f", tried.validLogLikelihood()));
    }

    /** Adds the model that the options named. */
    static void addModel(ReportPage page, Circuit circuit) {
        page.section("Model")
                .text("The structure is the one that the options name: " + circuit + ".");
    }

    /** Adds the training curve, if there is one. */
    static void addCurve(ReportPage page, List<Epoch> epochs, UserUnits units) {
        if (!epochs.isEmpty()) {
            page.chart(
                    "training-curve",
                    "Where the rows held out stop rising, training longer would only learn the"
                            + " training rows by heart.",
                    new TrainingCurve(epochs.stream().map(units::of).toList()).chart());
        }
    }

    /** Adds what the model learned, and writes the page. */
    void write(
            Session session,
            ReportPage page,
            Engine engine,
            Dataset train,
            @Nullable Dataset fresh,
            Report report)
            throws IOException {
        Path wanted = folder;
        if (wanted == null) {
            throw new IllegalStateException("no folder was given");
        }
        new ModelFigures(engine, train, fresh, session.seed()).addTo(page);
        page.write(wanted);
        report.field("report", wanted.toString())
                .line("charts of the run in " + wanted.resolve("index.html"));
    }
}
