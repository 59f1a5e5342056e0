package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.TableWriter;
import io.sluice.model.Model;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice impute}. */
@Command(
        name = "impute",
        description = {
            "Fills missing cells from the other cells of their row, and writes the completed table."
                + " Observed cells stay as they stand, columns that the model lacks are kept, and"
                + " so is the order. All cells of an impossible row stay as they are.",
            "If a source has a test part, that part is used."
        })
final class ImputeCommand extends QueryCommand {
    private static final String CSV = ".csv";

    /** How a missing cell is filled. */
    enum Method {
        MEAN,
        MPE,
        SAMPLE
    }

    @Option(
            names = "--method",
            defaultValue = "mean",
            paramLabel = "mean|mpe|sample",
            description = {
                "mean: each cell by itself: the mean of a continuous column, the most probable"
                        + " label, or of numbered categories the one nearest to the mean that can"
                        + " occur.",
                "mpe: all cells of a row together, by max-product. The completion is the most"
                        + " probable one if the circuit is deterministic, as chow-liu is. Otherwise"
                        + " it belongs to the most probable sub-circuit, and other completions may"
                        + " be more probable.",
                "sample: a draw from the joint distribution of the row's missing cells"
                        + " (default: ${DEFAULT-VALUE})."
            })
    Method method = Method.MEAN;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = "The completed table; - for standard output.")
    Path out = Path.of("");

    @Override
    void check() {
        super.check();
        OutputFile.check("--out", out, CSV);
        OutputFile.requireOther("--out", out, "--data", data);
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    boolean keepsText() {
        return true;
    }

    @Override
    Report run(Session session, Rows rows) throws IOException {
        Schema schema = new Model(rows.model().circuit(), rows.data().schema()).schema();
        long[] filled = {0};
        ImpossibleRows[] impossible = new ImpossibleRows[1];
        OutputFile.write(
                session,
                out,
                file ->
                        TableWriter.of(out)
                                .complete(
                                        rows.data(),
                                        schema,
                                        1,
                                        file,
                                        table ->
                                                impossible[0] =
                                                        each(
                                                                session,
                                                                rows,
                                                                "impute",
                                                                (portion,
                                                                        firstRow,
                                                                        possible,
                                                                        asked) -> {
                                                                    long seed =
                                                                            PortionSeed.of(
                                                                                    session.seed(),
                                                                                    firstRow);
                                                                    Dataset answers =
                                                                            complete(
                                                                                    rows.engine(),
                                                                                    asked,
                                                                                    seed);
                                                                    table.accept(
                                                                            Completed.rows(
                                                                                    portion,
                                                                                    possible,
                                                                                    answers, 1));
                                                                    filled[0] +=
                                                                            missingCells(asked);
                                                                })));
        long count = rows.data().rows();
        Report report =
                new Report()
                        .field("samples", count)
                        .field("filled", filled[0])
                        .line(
                                filled[0]
                                        + " cells of "
                                        + count
                                        + " samples filled in "
                                        + OutputFile.name(out));
        impossible[0].report(session, report, count, "their missing cells stay empty");
        return report;
    }

    private Dataset complete(Engine engine, Dataset asked, long seed) {
        return switch (method) {
            case MEAN -> means(engine.conditionals(asked), asked);
            case MPE -> engine.maxProduct(asked).assignment();
            case SAMPLE -> engine.sample(asked, 1, seed);
        };
    }

    private static Dataset means(Conditionals found, Dataset asked) {
        DatasetBuilder completed = Dataset.builder(asked.schema());
        double[] row = new double[asked.variables()];
        int cell = 0;
        for (int r = 0; r < asked.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = asked.value(r, v);
            }
            for (; cell < found.cells() && found.row(cell) == r; cell++) {
                int variable = found.variable(cell);
                row[variable] = mean(found, cell, asked.schema().column(variable));
            }
            completed.add(row);
        }
        return completed.build();
    }

    private static double mean(Conditionals found, int cell, Column column) {
        if (!column.isCategorical()) {
            return found.mean(cell);
        }
        double[] probabilities = found.probabilities(cell);
        int best = -1;
        for (int k = 0; k < Math.min(probabilities.length, column.categories()); k++) {
            boolean better =
                    column.labels().isEmpty()
                            ? best < 0 || isNearer(k, best, found.mean(cell))
                            : best < 0 || probabilities[k] > probabilities[best];
            best = probabilities[k] > 0 && better ? k : best;
        }
        return Math.max(0, best);
    }

    private static boolean isNearer(int category, int other, double mean) {
        return Math.abs(category - mean) < Math.abs(other - mean);
    }

    private static long missingCells(Dataset rows) {
        long missing = 0;
        for (long row = 0; row < rows.rows(); row++) {
            for (int v = 0; v < rows.variables(); v++) {
                missing += rows.isMissing(row, v) ? 1 : 0;
            }
        }
        return missing;
    }
}
