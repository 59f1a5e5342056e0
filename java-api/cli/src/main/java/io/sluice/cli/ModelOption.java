package io.sluice.cli;

import io.sluice.FileFormatException;
import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import picocli.CommandLine.Option;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
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
                            + (Files.exists(file)
                                    ? " is not a file: "
                                    : " does not exist" + NearestWord.fileHint(file))
                            + "give a model file");
        }
        if (!Files.isReadable(file)) {
            throw new UsageException(
                    option + " " + file + " cannot be read: check its permissions");
        }
    }

    /** Reads a native model file, or else interchange JSON. */
    static Model read(Path source) throws IOException {
        Path file = Path.of(StandardInput.file(source.toString()));
        if (ModelFile.isModelFile(file)) {
            return ModelFile.read(file);
        }
        if (!startsObject(file)) {
            throw new FileFormatException(
                    source
                            + " is no model: give a file written by train or convert, or a circuit"
                            + " as interchange JSON");
        }
        return Model.of(JsonInterchange.read(file));
    }

    /** Whether the first character of a text is the brace of a JSON object. */
    private static boolean startsObject(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            int c = in.read();
            while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                c = in.read();
            }
            return c == '{';
        }
    }
}
