package io.sluice.cli;

import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.ColumnsJson;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.data.format.DeclaredColumn;
import io.sluice.data.format.InferredTable;
import io.sluice.data.format.NumberCoding;
import io.sluice.data.format.ScaledCoding;
import io.sluice.data.format.SchemaJson;
import io.sluice.data.format.TokenUnit;
import io.sluice.data.format.UnseenRule;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How a command reads data. */
final class DataReading {
    private static final String BUILT_IN = "builtin:";

    @Option(
            names = "--schema",
            paramLabel = "FILE.json",
            description = {
                "What the columns are (default: inferred).",
                "It is what sluice schema prints, or a model has; the default with a model is its"
                        + " own."
            })
    @Nullable Path schema;

    @Option(
            names = "--column",
            paramLabel = "NAME=TYPE",
            description = {
                "What a column holds (default: inferred).",
                "Types are category, boolean, whole, real, date, time, timestamp and ignore; dates"
                        + " and times may say how they are written, as in born=date:dd.MM.uuuu."
                        + " 'sluice schema' shows what is inferred. Can be repeated."
            })
    List<String> columns = List.of();

    @Rare
    @Option(
            names = "--tokens",
            paramLabel = "char|word",
            description = "Read plain text, in tokens of this kind.")
    @Nullable TokenUnit tokens;

    @Rare
    @Option(
            names = "--length",
            paramLabel = "L",
            description = "Tokens in a row of text (default: the model's, or 32).")
    @Nullable Integer length;

    @Rare
    @Option(
            names = "--unseen",
            paramLabel = "refuse|missing|impossible",
            description = {
                "What a value means that the model, or the training rows, lack: refuse: an error;"
                        + " missing: a missing cell; impossible: a row of probability zero"
                        + " (default: refuse for train, otherwise missing)."
            })
    @Nullable UnseenRule unseen;

    @Rare
    @Option(
            names = "--separator",
            paramLabel = "CHAR",
            description = "What separates cells, a character or tab (default: guessed).")
    @Nullable String separator;

    @Rare
    @Option(
            names = "--header",
            paramLabel = "yes|no",
            description = "Whether the first line names the columns (default: guessed).")
    @Nullable Answer header;

    /** Whether something is so. */
    enum Answer {
        YES,
        NO
    }

    @Rare
    @Option(
            names = "--decimal",
            paramLabel = "point|comma",
            description = "The mark before decimals (default: guessed).")
    @Nullable DecimalMark decimal;

    /** What separates the whole part of a number from its decimals. */
    enum DecimalMark {
        POINT('.'),
        COMMA(',');

        private final char mark;

        DecimalMark(char mark) {
            this.mark = mark;
        }
    }

    private final UnseenRule unseenByDefault;
    private final Set<String> told = new HashSet<>(); // notes
    private @Nullable String standardInput; // as a file, once it was read

    DataReading(UnseenRule unseenByDefault) {
        this.unseenByDefault = unseenByDefault;
    }

    void check() {
        if (schema != null && !Files.isRegularFile(schema)) {
            throw new UsageException(
                    "--schema "
                            + schema
                            + (Files.exists(schema)
                                    ? " is not a file: "
                                    : " does not exist" + NearestWord.fileHint(schema))
                            + "give a JSON file");
        }
        if (length != null && tokens == null) {
            throw new UsageException(
                    "--length " + length + " is for plain text: give --tokens char or word too");
        }
        options(null, 0);
        declared();
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
                                    : " does not exist"
                                            + NearestWord.fileHint(Path.of(source))
                                            + "give a file, a folder or "
                                            + Datasets.builtIn().get(0)));
        }
    }

    /**
     * Opens data.
     *
     * @param known the schema of a model, which {@code --schema} overrides
     * @param keepText whether the rows are to be written again as they stand
     */
    DataParts open(String source, @Nullable Schema known, Session session, boolean keepText)
            throws IOException {
        DataOptions options = options(schema(known), session.seed());
        return told(
                session, Datasets.open(file(source), keepText ? options.keepingText() : options));
    }

    /**
     * Opens data whose parts may have sources of their own.
     *
     * @param coding how numbers of tables are stored; null to store them as they are
     */
    DataParts open(
            String train,
            @Nullable String valid,
            @Nullable String test,
            @Nullable Schema known,
            @Nullable NumberCoding coding,
            Session session)
            throws IOException {
        if (Stream.of(train, valid, test).filter(s -> s != null && StandardInput.is(s)).count()
                > 1) {
            throw new UsageException(
                    "standard input is given for two parts of the data: give a file for all but"
                            + " one of them");
        }
        DataOptions options = options(schema(known), session.seed());
        return told(
                session,
                Datasets.open(
                        file(train),
                        valid == null ? null : file(valid),
                        test == null ? null : file(test),
                        coding == null ? options : options.withCoding(coding)));
    }

    /** Whether a source is no built-in data and no plain text. */
    boolean isFileOfValues(String source) {
        return tokens == null && !source.startsWith(BUILT_IN);
    }

    /** Whether a row of the data has probability zero because of a value that nothing knows. */
    boolean isImpossible(Dataset rows, long row) {
        return rule() == UnseenRule.IMPOSSIBLE && rows.hasUnseen(row);
    }

    /** The rows without those that are impossible because of a value that nothing knows. */
    Dataset possible(Dataset rows) {
        if (rule() != UnseenRule.IMPOSSIBLE) {
            return rows;
        }
        int[] kept =
                IntStream.range(0, Math.toIntExact(rows.rows()))
                        .filter(row -> !rows.hasUnseen(row))
                        .toArray();
        return kept.length == rows.rows() ? rows : rows.rows(kept);
    }

    private UnseenRule rule() {
        return unseen == null ? unseenByDefault : unseen;
    }

    private @Nullable Schema schema(@Nullable Schema known) {
        boolean declares = schema != null && ColumnsJson.isIn(schema);
        if (known != null && (declares || !columns.isEmpty())) {
            throw new UsageException(
                    (columns.isEmpty() ? "--schema " + schema : "--column " + columns.get(0))
                            + " says what columns hold, but the model knows that: leave it out, or"
                            + " train a model with it");
        }
        return schema == null || declares ? known : SchemaJson.read(schema);
    }

    /** What the user says of columns: options go before the file. */
    private List<DeclaredColumn> declared() {
        Map<String, DeclaredColumn> declared = new LinkedHashMap<>();
        if (schema != null && ColumnsJson.isIn(schema)) {
            ColumnsJson.read(schema).forEach(column -> declared.put(column.name(), column));
        }
        for (String text : columns) {
            DeclaredColumn column = ColumnOption.parse(text);
            declared.put(column.name(), column);
        }
        return List.copyOf(declared.values());
    }

    /** What the columns of a source hold. */
    InferredTable infer(String source, Session session) throws IOException {
        DataOptions options = options(schema(null), session.seed()).withCoding(new ScaledCoding());
        return Datasets.infer(file(source), options);
    }

    private DataParts told(Session session, DataParts parts) {
        for (String note : parts.notes()) {
            if (told.add(note)) {
                session.remark("warning: " + note);
            }
        }
        return parts;
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
        DataOptions options = DataOptions.defaults().withSeed(seed).withUnseen(rule());
        options = separator == null ? options : options.withSeparator(separator(separator));
        options = header == null ? options : options.withHeader(header == Answer.YES);
        options = decimal == null ? options : options.withDecimal(decimal.mark);
        options = known == null ? options.withColumns(declared()) : options.withSchema(known);
        if (tokens == null) {
            return options;
        }
        int row = known == null ? options.length() : known.variables();
        return options.withTokens(tokens, length == null ? row : length);
    }

    private static char separator(String text) {
        if (text.equalsIgnoreCase("tab") || text.equals("\\t")) {
            return '\t';
        }
        if (text.length() != 1) {
            throw new UsageException(
                    "--separator " + text + " is no character: give one such as ';', or tab");
        }
        return text.charAt(0);
    }
}
