package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.TableWriter;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.tables.Imputation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice impute}. */
@Command(
        name = "impute",
        description = {
            "Fills missing cells from the other cells of their row.",
            "Observed cells stay as they stand, columns that the model lacks are kept, and so is"
                    + " the order. All cells of an impossible row stay as they are. If a source has"
                    + " a test part, that part is used."
        })
final class ImputeCommand extends QueryCommand {
    @Option(
            names = "--method",
            defaultValue = "mean",
            paramLabel = "METHOD",
            description = {
                "mean, median, mode, mpe or sample (default: ${DEFAULT-VALUE}).",
                "mean: the expected number, the most probable name; best for accuracy and squared"
                        + " error;",
                "median: the median of a number, best for absolute error; mode: each cell's own"
                        + " most probable value;",
                "mpe: the most probable values of a row together, for rows that must be plausible"
                        + " as a whole: exact for one missing cell a row;",
                "sample: a draw, for several completions or honest spread."
            })
    Imputation method = Imputation.MEAN;

    @Option(
            names = "--times",
            defaultValue = "1",
            paramLabel = "N",
            description = "sample: completions of each row (default: 1).")
    int times = 1;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description = "The table: .csv, .tsv, .jsonl (also .gz), .npy or -.")
    Path out = Path.of("");

    @Override
    void check() {
        super.check();
        OutputFile.checkTable("--out", out);
        if (times < 1 || (times > 1 && method != Imputation.SAMPLE)) {
            throw new UsageException(
                    "--times "
                            + times
                            + (times < 1
                                    ? ": give at least 1"
                                    : " is for --method sample, as other methods always give the"
                                            + " same: leave it out, or add --method sample"));
        }
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
        TableWriter writer = TableWriter.of(out);
        long[] filled = {0};
        ImpossibleRows[] impossible = new ImpossibleRows[1];
        OutputFile.write(
                session,
                out,
                file ->
                        writer.complete(
                                rows.data(),
                                schema,
                                times,
                                file,
                                table ->
                                        impossible[0] =
                                                each(
                                                        session,
                                                        rows,
                                                        "impute",
                                                        (portion, firstRow, possible, asked) -> {
                                                            long seed =
                                                                    PortionSeed.of(
                                                                            session.seed(),
                                                                            firstRow);
                                                            Dataset answers =
                                                                    fill(
                                                                            rows.engine(),
                                                                            asked,
                                                                            seed);
                                                            table.accept(
                                                                    Completed.rows(
                                                                            portion, possible,
                                                                            answers, times));
                                                            filled[0] += missingCells(asked);
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

    private Dataset fill(Engine engine, Dataset asked, long seed) {
        return method == Imputation.SAMPLE
                ? engine.sample(asked, times, seed)
                : method.fill(engine, asked, seed);
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
