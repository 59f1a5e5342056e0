package io.sluice.cli;

import io.sluice.data.DataParts;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.data.format.SchemaJson;
import io.sluice.data.format.TokenUnit;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a command reads data. */
final class DataReading {
    private static final String BUILT_IN = "builtin:";

    @Option(
            names = "--schema",
            paramLabel = "FILE.json",
            description = "What the columns are (default: the model's, or inferred from the data).")
    @Nullable Path schema;

    @Option(
            names = "--tokens",
            paramLabel = "UNIT",
            description = "Read plain text in tokens: char or word.")
    @Nullable TokenUnit tokens;

    @Option(
            names = "--length",
            paramLabel = "L",
            description = "Tokens in a row of text (default: the model's, or 32).")
    @Nullable Integer length;

    private @Nullable String standardInput; // as a file, once it was read

    void check() {
        if (schema != null && !Files.isRegularFile(schema)) {
            throw new UsageException("--schema " + schema + " does not exist: give a JSON file");
        }
        if (length != null && tokens == null) {
            throw new UsageException(
                    "--length " + length + " is for plain text: give --tokens char or word too");
        }
        options(null, 0);
    }

    /** Checks that a source of data exists. */
    static void checkSource(String option, String source) {
        if (StandardInput.is(source)) {
            return;
        }
        if (source.startsWith(BUILT_IN)) {
            if (!Datasets.builtIn().contains(source)) {
                throw new UsageException(
                        option
                                + " "
                                + source
                                + " does not exist"
                                + NearestWord.hint(source, Datasets.builtIn())
                                + "built in are "
                                + String.join(", ", Datasets.builtIn()));
            }
        } else if (!Files.isReadable(Path.of(source))) {
            throw new UsageException(
                    option
                            + " "
                            + source
                            + (Files.exists(Path.of(source))
                                    ? " cannot be read: check its permissions"
                                    : " does not exist: give a file, a folder or "
                                            + Datasets.builtIn().get(0)));
        }
    }

    /**
     * Opens data.
     *
     * @param known the schema of a model, which {@code --schema} overrides
     */
    DataParts open(String source, @Nullable Schema known, Session session) throws IOException {
        return open(source, null, null, known, session);
    }

    /** Opens data whose parts may have sources of their own. */
    DataParts open(
            String train,
            @Nullable String valid,
            @Nullable String test,
            @Nullable Schema known,
            Session session)
            throws IOException {
        Schema given = schema == null ? known : SchemaJson.read(schema);
        return Datasets.open(
                file(train),
                valid == null ? null : file(valid),
                test == null ? null : file(test),
                options(given, session.seed()));
    }

    /** A source, standard input as a file, which may be opened again. */
    private String file(String source) throws IOException {
        if (!StandardInput.is(source)) {
            return source;
        }
        String known = standardInput;
        if (known == null) {
            known = StandardInput.file(source);
            standardInput = known;
        }
        return known;
    }

    private DataOptions options(@Nullable Schema known, long seed) {
        DataOptions options = DataOptions.defaults().withSeed(seed);
        if (known != null) {
            options = options.withSchema(known);
        }
        if (tokens == null) {
            return options;
        }
        int row = known == null ? options.length() : known.variables();
        return options.withTokens(tokens, length == null ? row : length);
    }
}
