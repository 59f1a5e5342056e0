package io.sluice.cli;

import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that a command works with. */
final class ModelOption {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = {
                "A model file, or - for standard input.",
                "That is one written by train or convert, or a circuit as interchange JSON."
            })
    Path file = Path.of("");

    void check() {
        check("--model", file);
    }

    Model read() throws IOException {
        return read(file);
    }

    static void check(String option, Path file) {
        if (StandardInput.is(file.toString())) {
            return;
        }
        if (!Files.isRegularFile(file)) {
            throw new UsageException(
                    option
                            + " "
                            + file
                            + (Files.exists(file) ? " is not a file" : " does not exist")
                            + ": give a model file");
        }
        if (!Files.isReadable(file)) {
            throw new UsageException(
                    option + " " + file + " cannot be read: check its permissions");
        }
    }

    /** Reads a native model file, or else interchange JSON. */
    static Model read(Path source) throws IOException {
        Path file = Path.of(StandardInput.file(source.toString()));
        return ModelFile.isModelFile(file)
                ? ModelFile.read(file)
                : Model.of(JsonInterchange.read(file));
    }
}
