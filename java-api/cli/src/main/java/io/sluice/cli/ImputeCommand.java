package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.DatasetCsv;
import io.sluice.model.Model;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice impute}. */
@Command(
        name = "impute",
        description = {
            "Fills missing cells from the other cells of their row, and writes the completed"
                    + " table.",
            "Of a source with a test part, that part is used."
        })
final class ImputeCommand extends Subcommand {

    /** How a missing cell is filled. */
    enum Method {
        MPE,
        MEAN,
        SAMPLE
    }

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "Rows with missing cells: file, folder or builtin:NAME.")
    String data = "";

    @Mixin final DataReading reading = new DataReading();

    @Option(
            names = "--method",
            required = true,
            paramLabel = "METHOD",
            description = {
                "mpe: the most probable completion of the row, by max-product;",
                "mean: of each cell by itself, the mean; of integer categories, the one nearest to"
                        + " the mean; of labelled ones, the most probable;",
                "sample: a draw from the joint distribution of the row's missing cells."
            })
    Method method = Method.MPE;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = "The completed table.")
    Path out = Path.of("");

    @Override
    void check() {
        model.check();
        DataReading.checkSource("--data", data);
        reading.check();
        OutputFile.check("--out", out);
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        Dataset rows = reading.open(data, known.schema(), session.seed()).testOrAll();
        Schema schema = new Model(known.circuit(), rows.schema()).schema();
        long[] filled = {0};
        try (Engine engine = session.compile(known.circuit());
                Progress progress = session.progress("impute", rows.rows())) {
            DatasetCsv.write(
                    schema,
                    out,
                    table ->
                            Portions.eachByMissing(
                                    rows,
                                    known.circuit(),
                                    progress,
                                    (portion, firstRow) -> {
                                        table.accept(
                                                ImpossibleRows.naming(
                                                        engine,
                                                        portion,
                                                        firstRow,
                                                        () ->
                                                                complete(
                                                                        engine,
                                                                        portion,
                                                                        firstRow,
                                                                        session.seed())));
                                        filled[0] += missingCells(portion);
                                    }));
        }
        return new Report()
                .field("samples", rows.rows())
                .field("filled", filled[0])
                .line(filled[0] + " cells of " + rows.rows() + " samples filled in " + out);
    }

    private Dataset complete(Engine engine, Dataset portion, long firstRow, long seed) {
        return switch (method) {
            case MPE -> engine.maxProduct(portion).assignment();
            case MEAN -> means(engine.conditionals(portion), portion);
            case SAMPLE -> engine.sample(portion, 1, PortionSeed.of(seed, firstRow));
        };
    }

    private static Dataset means(Conditionals found, Dataset portion) {
        DatasetBuilder completed = Dataset.builder(portion.schema());
        double[] row = new double[portion.variables()];
        int cell = 0;
        for (int r = 0; r < portion.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = portion.value(r, v);
            }
            for (; cell < found.cells() && found.row(cell) == r; cell++) {
                int variable = found.variable(cell);
                row[variable] = mean(found, cell, portion.schema().column(variable));
            }
            completed.add(row);
        }
        return completed.build();
    }

    private static double mean(Conditionals found, int cell, Column column) {
        if (!column.isCategorical()) {
            return found.mean(cell);
        }
        if (column.labels().isEmpty()) {
            return Math.min(column.categories() - 1, Math.rint(found.mean(cell)));
        }
        double[] probabilities = found.probabilities(cell);
        int best = 0;
        for (int k = 1; k < Math.min(probabilities.length, column.categories()); k++) {
            best = probabilities[k] > probabilities[best] ? k : best;
        }
        return best;
    }

    private static long missingCells(Dataset portion) {
        long missing = 0;
        for (long row = 0; row < portion.rows(); row++) {
            for (int v = 0; v < portion.variables(); v++) {
                missing += portion.isMissing(row, v) ? 1 : 0;
            }
        }
        return missing;
    }
}
