package io.sluice.cli;

import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.runtime.Conditionals;
import io.sluice.tables.CellDistribution;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** {@code sluice condition}. */
@Command(
        name = "condition",
        description = {
            "Tells the exact distribution of cells given others.",
            "--of and --given ask about one row, as in --given \"age=40,work=Private\" --of income."
                    + " DATA asks about each missing cell of its rows; if it has a test part, that"
                    + " part is used."
        })
final class ConditionCommand extends QueryCommand {
    private static final String JSON = ".json";
    private static final double[] QUANTILES = {0.05, 0.25, 0.5, 0.75, 0.95};

    @Option(
            names = "--given",
            paramLabel = "COLUMN=VALUE[,...]",
            description = "Cells that are known (default: none).")
    List<String> given = List.of();

    @Option(
            names = "--of",
            paramLabel = "COLUMN[,...]",
            description = "Columns to tell about (default: all others).")
    List<String> of = List.of();

    @Option(
            names = "--out",
            paramLabel = "F.json",
            description = {
                "Where to write the distributions of DATA, or -.",
                "One object for each missing cell: row and variable, counted from 0, column, and"
                    + " either probabilities of the categories (with their labels if they have any)"
                    + " or, for numbers, mean, standard_deviation and quantiles. Cells of an"
                    + " impossible row have \"impossible\": true instead. - for standard output."
            })
    @Nullable Path out;

    /** Whether the question is about one row that options describe. */
    private boolean asksOneRow() {
        return !given.isEmpty() || !of.isEmpty();
    }

    @Override
    boolean needsOperand() {
        return false;
    }

    @Override
    void check() {
        if (data.isEmpty() && !asksOneRow()) {
            throw new UsageException(
                    "there is nothing to ask about: give DATA, or --of and --given");
        }
        if (!asksOneRow()) {
            super.check();
            OutputFile.check("--out", outFile(), JSON);
            return;
        }
        model.check();
        GivenCells.of(given);
        if (!data.isEmpty() || out != null) {
            throw new UsageException(
                    (out == null ? "--data " + data : "--out " + out)
                            + " is for rows of data, --given and --of ask about one row: leave one"
                            + " of them out");
        }
    }

    private Path outFile() {
        if (out == null) {
            throw new UsageException(
                    "the distributions of " + data + " need a file: give --out F.json, or -");
        }
        return out;
    }

    @Override
    @Nullable Path output() {
        return out;
    }

    @Override
    Report run(Session session) throws IOException {
        if (!asksOneRow()) {
            return super.run(session);
        }
        Model known = model.read();
        return WhatIf.of(GivenCells.of(given), of, known.schema()).answer(session, known);
    }

    @Override
    Report run(Session session, Rows rows) throws IOException {
        Path out = outFile();
        long[] cells = {0};
        ImpossibleRows[] impossible = new ImpossibleRows[1];
        OutputFile.write(
                session,
                out,
                file ->
                        AtomicFile.write(
                                file,
                                stream -> {
                                    try (JsonGenerator json = generator(stream)) {
                                        json.writeStartArray();
                                        impossible[0] = writeAll(session, rows, json, cells);
                                        json.writeEndArray();
                                    } catch (JacksonIOException e) {
                                        throw e.getCause();
                                    }
                                }));
        long count = rows.data().rows();
        Report report =
                new Report()
                        .field("samples", count)
                        .field("cells", cells[0])
                        .line(
                                "distributions of "
                                        + cells[0]
                                        + " missing cells of "
                                        + count
                                        + " samples in "
                                        + OutputFile.name(out));
        impossible[0].report(session, report, count, "their cells have no distributions");
        return report;
    }

    private ImpossibleRows writeAll(Session session, Rows rows, JsonGenerator json, long[] cells)
            throws IOException {
        Schema schema = rows.model().schema();
        return each(
                session,
                rows,
                "condition",
                (portion, firstRow, possible, asked) -> {
                    Conditionals found = rows.engine().conditionals(asked);
                    cells[0] += found.cells();
                    int cell = 0;
                    int next = 0; // of the possible rows
                    for (int row = 0; row < portion.rows(); row++) {
                        boolean known = next < possible.length && possible[next] == row;
                        for (int v = 0; v < portion.variables(); v++) {
                            if (portion.isMissing(row, v)) {
                                start(json, firstRow + row, v, schema.column(v));
                                if (known) {
                                    write(json, found, cell++, schema.column(v));
                                } else {
                                    json.writeBooleanProperty("impossible", true);
                                }
                                json.writeEndObject();
                            }
                        }
                        next += known ? 1 : 0;
                    }
                });
    }

    private static void start(JsonGenerator json, long row, int variable, Column column) {
        json.writeRaw('\n');
        json.writeStartObject();
        json.writeNumberProperty("row", row);
        json.writeNumberProperty("variable", variable);
        json.writeStringProperty("column", column.name());
    }

    private static void write(JsonGenerator json, Conditionals found, int cell, Column column) {
        CellDistribution distribution = CellDistribution.of(column, found, cell);
        if (!distribution.isFinite() || column.numbers() != null) {
            json.writeNumberProperty("mean", distribution.mean());
            json.writeNumberProperty("standard_deviation", distribution.standardDeviation());
            json.writeObjectPropertyStart("quantiles");
            for (double probability : QUANTILES) {
                json.writeNumberProperty(
                        Double.toString(probability), distribution.quantile(probability));
            }
            json.writeEndObject();
            return;
        }
        if (!column.labels().isEmpty()) {
            json.writeArrayPropertyStart("labels");
            column.labels().forEach(json::writeString);
            json.writeEndArray();
        }
        json.writeArrayPropertyStart("probabilities");
        for (double probability : found.probabilities(cell)) {
            json.writeNumber(probability);
        }
        json.writeEndArray();
    }

    private static JsonGenerator generator(OutputStream stream) {
        OutputStream keptOpen =
                new FilterOutputStream(stream) {
                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        out.write(bytes, from, length);
                    }

                    @Override
                    public void close() throws IOException {
                        flush();
                    }
                };
        return new JsonFactory()
                .createGenerator(ObjectWriteContext.empty(), keptOpen, JsonEncoding.UTF8);
    }
}
