package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;

/** {@code sluice evaluate}. */
@Command(
        name = "evaluate",
        description = {
            "Prints the mean log-likelihood of data under a model. Missing cells are marginalised.",
            "Of a source with a test part, that part is evaluated."
        })
final class EvaluateCommand extends Subcommand {
    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "File, folder or builtin:NAME.")
    String data = "";

    @Mixin final DataReading reading = new DataReading();

    @Override
    void check() {
        model.check();
        DataReading.checkSource("--data", data);
        reading.check();
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        Dataset rows = reading.open(data, known.schema(), session.seed()).testOrAll();
        try (Engine engine = session.compile(known.circuit())) {
            LogLikelihoods found = Likelihoods.of(session, engine, rows);
            Report report =
                    new Report()
                            .field("samples", rows.rows())
                            .field("variables", rows.variables())
                            .field("log_likelihood", found.mean())
                            .field("bits_per_dimension", found.bitsPerDimension())
                            .field("device", engine.device().name())
                            .line(rows.rows() + " samples of " + rows.variables() + " variables")
                            .line(Likelihoods.describe("log-likelihood", found));
            TextFigures.add(report, "", reading.tokens, found);
            return report;
        }
    }
}
