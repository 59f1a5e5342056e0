package io.sluice.cli;

import io.sluice.data.AtomicFile;
import io.sluice.data.Dataset;
import io.sluice.model.Model;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

/** {@code sluice condition}. */
@Command(
        name = "condition",
        description = {
            "Writes the exact distribution of each missing cell given the other cells of its row.",
            "Of a source with a test part, that part is used."
        })
final class ConditionCommand extends Subcommand {
    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "Rows with missing cells: file, folder or builtin:NAME.")
    String data = "";

    @Mixin final DataReading reading = new DataReading();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.json",
            description = {
                "One object for each missing cell: row and variable, counted from 0, and"
                        + " probabilities of the categories, or mean and standard_deviation."
            })
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
        try (Engine engine = session.compile(known.circuit());
                Progress progress = session.progress("condition", rows.rows())) {
            long[] cells = {0};
            AtomicFile.write(
                    out,
                    stream -> {
                        try (JsonGenerator json = generator(stream)) {
                            json.writeStartArray();
                            Portions.eachByMissing(
                                    rows,
                                    known.circuit(),
                                    progress,
                                    (portion, firstRow) -> {
                                        Conditionals found =
                                                ImpossibleRows.naming(
                                                        engine,
                                                        portion,
                                                        firstRow,
                                                        () -> engine.conditionals(portion));
                                        write(json, found, firstRow);
                                        cells[0] += found.cells();
                                    });
                            json.writeEndArray();
                        } catch (JacksonIOException e) {
                            throw e.getCause();
                        }
                    });
            return new Report()
                    .field("samples", rows.rows())
                    .field("cells", cells[0])
                    .line(
                            "distributions of "
                                    + cells[0]
                                    + " missing cells of "
                                    + rows.rows()
                                    + " samples in "
                                    + out);
        }
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

    private static void write(JsonGenerator json, Conditionals found, long firstRow) {
        for (int cell = 0; cell < found.cells(); cell++) {
            json.writeRaw('\n');
            json.writeStartObject();
            json.writeNumberProperty("row", firstRow + found.row(cell));
            json.writeNumberProperty("variable", found.variable(cell));
            if (found.finite(cell)) {
                json.writeArrayPropertyStart("probabilities");
                for (double probability : found.probabilities(cell)) {
                    json.writeNumber(probability);
                }
                json.writeEndArray();
            } else {
                json.writeNumberProperty("mean", found.mean(cell));
                json.writeNumberProperty("standard_deviation", found.standardDeviation(cell));
            }
            json.writeEndObject();
        }
    }
}
