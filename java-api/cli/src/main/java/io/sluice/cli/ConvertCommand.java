package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.data.Schema;
import io.sluice.data.format.SchemaJson;
import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.model.PsddFile;
import io.sluice.model.PyJuiceFile;
import io.sluice.model.Safetensors;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** {@code sluice convert}. */
@Command(
        name = "convert",
        description = {
            "Writes a model in another format.",
            "The ending of --out says which. It also reads circuits of PyJuice (.jpc) and PSDDs"
                    + " (.psdd). Interchange JSON keeps no schema; safetensors keep only the"
                    + " parameters."
        })
final class ConvertCommand extends Subcommand {
    private static final String JSON = ".json";

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--vtree",
            paramLabel = "F",
            description =
                    "The vtree of a PSDD (default: the file of the same name ending in .vtree).")
    @Nullable Path vtree;

    @Option(
            names = "--parameters",
            paramLabel = "F",
            description = "Parameters to put into the model, a .safetensors file.")
    @Nullable Path parameters;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description =
                    "Interchange JSON (.json), the native format (.sluice) or parameters"
                            + " (.safetensors).")
    Path out = Path.of("");

    @Override
    void check() {
        model.check();
        if (vtree != null && !is(model.file, PsddFile.EXTENSION)) {
            throw new UsageException(
                    "--vtree for "
                            + model.file
                            + ", which is no PSDD: leave it out, or give a file that ends in "
                            + PsddFile.EXTENSION);
        }
        if (is(model.file, PsddFile.EXTENSION)) {
            ModelOption.check("--vtree", vtreeFile());
        }
        if (parameters != null) {
            ModelOption.check("--parameters", parameters);
        }
        ending();
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = read();
        if (parameters != null) {
            Circuit circuit = Safetensors.read(parameters, known.circuit());
            known = new Model(circuit, known.schema(), known.metadata());
        }
        Model converted = known;
        OutputFile.write(session, out, file -> write(converted, file));
        keepColumns(session, converted.schema());
        long count = known.circuit().properties().parameters();
        return new Report()
                .field("parameters", count)
                .line(count + " parameters in " + OutputFile.name(out));
    }

    /** Interchange JSON holds a circuit alone: what its columns mean goes into a file beside it. */
    private void keepColumns(Session session, Schema schema) throws IOException {
        boolean plain =
                schema.columns().stream()
                        .allMatch(c -> c.numbers() == null && c.labels().isEmpty());
        if (plain || !ending().equals(JSON)) {
            return;
        }
        if (OutputFile.isStandardOutput(out)) {
            session.remark(
                    "warning: the JSON has no names, labels and units of columns: give --out a file"
                            + " to have them beside it");
            return;
        }
        String name = String.valueOf(out.getFileName());
        String stem =
                name.toLowerCase(Locale.ROOT).endsWith(JSON)
                        ? name.substring(0, name.length() - JSON.length())
                        : name;
        Path beside = out.resolveSibling(stem + ".schema.json");
        SchemaJson.write(schema, beside);
        session.remark(
                "the columns are in "
                        + beside
                        + ": give it as --schema to commands that use the JSON model");
    }

    private void write(Model converted, Path file) throws IOException {
        switch (ending()) {
            case JSON -> {
                String source = String.valueOf(model.file.getFileName());
                int dot = source.lastIndexOf('.');
                String name = dot > 0 ? source.substring(0, dot) : source;
                JsonInterchange.write(converted.circuit(), name, file);
            }
            case Safetensors.EXTENSION -> Safetensors.write(converted.circuit(), file);
            default -> ModelFile.write(converted, file);
        }
    }

    private Model read() throws IOException {
        if (is(model.file, PyJuiceFile.EXTENSION)) {
            return Model.of(PyJuiceFile.read(model.file));
        }
        return is(model.file, PsddFile.EXTENSION)
                ? Model.of(PsddFile.read(model.file, vtreeFile()))
                : model.read();
    }

    private Path vtreeFile() {
        String name = String.valueOf(model.file.getFileName());
        String stem = name.substring(0, name.length() - PsddFile.EXTENSION.length());
        return vtree != null ? vtree : model.file.resolveSibling(stem + PsddFile.VTREE_EXTENSION);
    }

    private String ending() {
        return OutputFile.check("--out", out, JSON, ModelFile.EXTENSION, Safetensors.EXTENSION);
    }

    private static boolean is(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
