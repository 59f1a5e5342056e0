package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.ContactSheet;
import io.sluice.data.format.TableWriter;
import io.sluice.data.format.UnseenRule;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.tables.synthesis.SyntheticRows;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** {@code sluice sample}. */
@Command(
        name = "sample",
        description = {
            "Draws rows from a model.",
            "With evidence it draws the missing cells of each row given the others, which stay as"
                    + " they are; so do all cells of an impossible row."
        })
final class SampleCommand extends Subcommand {
    private static final String PNG = ".png";
    private static final int ROWS_AT_ONCE = 4096;

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--count",
            required = true,
            paramLabel = "N",
            description = "How many rows to draw; with evidence, for each row.")
    int count;

    @Option(
            names = "--evidence",
            paramLabel = "DATA",
            description = {
                "Rows whose missing cells are drawn.",
                "A file, folder, builtin:NAME or - (standard input)."
            })
    @Nullable String evidence;

    @Mixin final DataReading reading = new DataReading(UnseenRule.MISSING);

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description = {
                "The table: .csv, .tsv, .jsonl (also .gz), .npy or -.",
                "For images also a contact sheet, .png."
            })
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
        if (isSheet()) {
            OutputFile.check("--out", out);
        } else {
            OutputFile.checkTable("--out", out, PNG);
        }
    }

    private boolean isSheet() {
        return out.toString().toLowerCase(Locale.ROOT).endsWith(PNG);
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        boolean sheet = isSheet();
        if (sheet && known.schema().image() == null) {
            throw new UsageException(
                    "--out "
                            + out
                            + " needs a model of images, this one has none: give a name"
                            + " that ends in "
                            + TableWriter.endings().get(0));
        }
        String given = evidence;
        try (Engine engine = session.compile(known)) {
            return given == null
                    ? drawJoint(session, engine, known.schema(), sheet)
                    : drawGiven(session, engine, known, given, sheet);
        }
    }

    private Report drawJoint(Session session, Engine engine, Schema schema, boolean sheet)
            throws IOException {
        OutputFile.write(
                session,
                out,
                file -> {
                    if (sheet) {
                        ContactSheet.write(draw(session, engine, schema, count), file);
                    } else {
                        TableWriter.of(out)
                                .write(
                                        SyntheticRows.of(schema),
                                        file,
                                        table -> draw(session, engine, count, asNumbers(table)));
                    }
                });
        return report(count);
    }

    private Report drawGiven(
            Session session, Engine engine, Model known, String source, boolean sheet)
            throws IOException {
        Dataset rows = reading.open(source, known.schema(), session, true).testOrAll();
        Schema schema = new Model(known.circuit(), rows.schema()).schema();
        ImpossibleRows impossible = new ImpossibleRows(reading);
        OutputFile.write(
                session,
                out,
                file -> {
                    if (sheet) {
                        DatasetBuilder drawn = Dataset.builder(schema);
                        draw(session, engine, rows, impossible, part -> append(drawn, part));
                        ContactSheet.write(drawn.build(), file);
                    } else {
                        TableWriter.of(out)
                                .complete(
                                        rows,
                                        SyntheticRows.of(schema),
                                        count,
                                        file,
                                        table ->
                                                draw(
                                                        session,
                                                        engine,
                                                        rows,
                                                        impossible,
                                                        asNumbers(table)));
                    }
                });
        Report report = report(Math.multiplyExact(rows.rows(), (long) count));
        impossible.report(session, report, rows.rows(), "their missing cells stay empty");
        return report;
    }

    /** A bin becomes one of its numbers, at random, on the way into a table. */
    private static Consumer<Dataset> asNumbers(Consumer<Dataset> table) {
        int[] portions = {0};
        return drawn ->
                table.accept(SyntheticRows.like(drawn, drawn.schema(), Map.of(), portions[0]++));
    }

    private Report report(long drawn) {
        return new Report()
                .field("samples", drawn)
                .line(drawn + " samples in " + OutputFile.name(out));
    }

    private void draw(
            Session session,
            Engine engine,
            Dataset rows,
            ImpossibleRows impossible,
            Consumer<Dataset> table)
            throws IOException {
        try (Progress progress = session.progress("sample", rows.rows())) {
            Portions.each(
                    rows,
                    progress,
                    Math.max(1, ROWS_AT_ONCE / count),
                    (portion, firstRow) -> {
                        long seed = PortionSeed.of(session.seed(), firstRow);
                        int[] possible = impossible.possible(engine, portion, firstRow);
                        Dataset drawn = engine.sample(portion.rows(possible), count, seed);
                        table.accept(Completed.rows(portion, possible, drawn, count));
                    });
        }
    }

    private static void draw(Session session, Engine engine, int count, Consumer<Dataset> table) {
        try (Progress progress = session.progress("sample", count)) {
            for (int from = 0; from < count; from += ROWS_AT_ONCE) {
                int rows = Math.min(ROWS_AT_ONCE, count - from);
                table.accept(engine.sample(rows, PortionSeed.of(session.seed(), from)));
                progress.step(rows);
            }
        }
    }

    /** Draws rows without evidence, under a schema that fits the engine's circuit. */
    static Dataset draw(Session session, Engine engine, Schema schema, int count) {
        DatasetBuilder drawn = Dataset.builder(schema);
        draw(session, engine, count, portion -> append(drawn, portion));
        return drawn.build();
    }

    static void append(DatasetBuilder drawn, Dataset portion) {
        double[] row = new double[portion.variables()];
        for (long r = 0; r < portion.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = portion.value(r, v);
            }
            drawn.add(row);
        }
    }
}
