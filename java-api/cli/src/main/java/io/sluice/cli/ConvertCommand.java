package io.sluice.cli;

import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice convert}. */
@Command(
        name = "convert",
        description = "Writes a model in another format. Interchange JSON has no schema.")
final class ConvertCommand extends Subcommand {
    private static final String JSON = ".json";

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description = "Interchange JSON (.json) or the native format (.sluice).")
    Path out = Path.of("");

    @Override
    void check() {
        model.check();
        OutputFile.check("--out", out, JSON, ModelFile.EXTENSION);
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        if (OutputFile.check("--out", out, JSON, ModelFile.EXTENSION).equals(JSON)) {
            String file = String.valueOf(model.file.getFileName());
            int dot = file.lastIndexOf('.');
            JsonInterchange.write(known.circuit(), dot > 0 ? file.substring(0, dot) : file, out);
        } else {
            ModelFile.write(known, out);
        }
        long parameters = known.circuit().properties().parameters();
        return new Report()
                .field("parameters", parameters)
                .line(parameters + " parameters in " + out);
    }
}
