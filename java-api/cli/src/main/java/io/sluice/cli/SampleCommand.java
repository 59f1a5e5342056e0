package io.sluice.cli;

import io.sluice.data.ContactSheet;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.DatasetCsv;
import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice sample}. */
@Command(
        name = "sample",
        description = "Draws samples from a model, given evidence if there is any.")
final class SampleCommand extends Subcommand {
    private static final String CSV = ".csv";
    private static final String PNG = ".png";
    private static final int ROWS_AT_ONCE = 4096;

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--count",
            required = true,
            paramLabel = "N",
            description = "How many samples; with evidence, how many for each of its rows.")
    int count;

    @Option(
            names = "--evidence",
            paramLabel = "DATA",
            description = "Rows whose missing cells are drawn given the others.")
    @Nullable String evidence;

    @Mixin final DataReading reading = new DataReading();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description = "A table (.csv), or for images a contact sheet (.png).")
    Path out = Path.of("");

    @Override
    void check() {
        model.check();
        if (count < 1) {
            throw new UsageException("--count is " + count + ": give at least 1");
        }
        if (evidence != null) {
            DataReading.checkSource("--evidence", evidence);
        }
        reading.check();
        OutputFile.check("--out", out, CSV, PNG);
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        boolean sheet = OutputFile.check("--out", out, CSV, PNG).equals(PNG);
        if (sheet && known.schema().image() == null) {
            throw new UsageException(
                    "--out "
                            + out
                            + " needs a model of images, this one has none: give a name"
                            + " that ends in "
                            + CSV);
        }
        Dataset drawn = draw(session, known);
        if (sheet) {
            ContactSheet.write(drawn, out);
        } else {
            DatasetCsv.write(drawn, out);
        }
        return new Report()
                .field("samples", drawn.rows())
                .line(drawn.rows() + " samples in " + out);
    }

    private Dataset draw(Session session, Model known) throws IOException {
        if (evidence == null) {
            return draw(session, known, count);
        }
        Dataset rows = reading.open(evidence, known.schema(), session.seed()).testOrAll();
        try (Engine engine = session.compile(known.circuit());
                Progress progress = session.progress("sample", rows.rows())) {
            DatasetBuilder drawn = Dataset.builder(rows.schema());
            Portions.each(
                    rows,
                    progress,
                    (portion, firstRow) -> {
                        long seed = PortionSeed.of(session.seed(), firstRow);
                        append(
                                drawn,
                                ImpossibleRows.naming(
                                        engine,
                                        portion,
                                        firstRow,
                                        () -> engine.sample(portion, count, seed)));
                    });
            return drawn.build();
        }
    }

    /** Draws rows without evidence, under the model's schema. */
    static Dataset draw(Session session, Model known, int count) {
        try (Engine engine = session.compile(known.circuit())) {
            return draw(session, engine, known.schema(), count);
        }
    }

    /** Draws rows without evidence, under a schema that fits the engine's circuit. */
    static Dataset draw(Session session, Engine engine, Schema schema, int count) {
        DatasetBuilder drawn = Dataset.builder(schema);
        try (Progress progress = session.progress("sample", count)) {
            for (int from = 0; from < count; from += ROWS_AT_ONCE) {
                int rows = Math.min(ROWS_AT_ONCE, count - from);
                append(drawn, engine.sample(rows, PortionSeed.of(session.seed(), from)));
                progress.step(rows);
            }
        }
        return drawn.build();
    }

    private static void append(DatasetBuilder drawn, Dataset portion) {
        double[] row = new double[portion.variables()];
        for (long r = 0; r < portion.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = portion.value(r, v);
            }
            drawn.add(row);
        }
    }
}
