package io.sluice.cli;

import io.sluice.data.AtomicFile;
import io.sluice.data.Dataset;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code sluice score}. */
@Command(
        name = "score",
        description = {
            "Writes the log-likelihood of each row, in nats, with all its digits. Missing cells are"
                    + " marginalised.",
            "Of a source with a test part, that part is scored."
        })
final class ScoreCommand extends Subcommand {
    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "File, folder or builtin:NAME.")
    String data = "";

    @Mixin final DataReading reading = new DataReading();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = "Table of one column, log_likelihood; rows keep their order.")
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
        try (Engine engine = session.compile(known.circuit())) {
            LogLikelihoods found = Likelihoods.of(session, engine, rows);
            AtomicFile.write(
                    out,
                    stream -> {
                        Writer writer =
                                new BufferedWriter(
                                        new OutputStreamWriter(stream, StandardCharsets.UTF_8));
                        writer.write("log_likelihood\n");
                        for (double value : found.values()) {
                            writer.write(value + "\n");
                        }
                        writer.flush();
                    });
            return new Report()
                    .field("samples", rows.rows())
                    .field("log_likelihood", found.mean())
                    .line(rows.rows() + " samples scored in " + out)
                    .line(Likelihoods.describe("log-likelihood", found));
        }
    }
}
