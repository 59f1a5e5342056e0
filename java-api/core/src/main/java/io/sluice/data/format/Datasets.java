package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.drawn.BuiltIn;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Opens data by the name of a file, a folder or a built-in source. gzip is allowed everywhere.
 *
 * <p>Files: IDX of unsigned bytes ({@code *-ubyte}); NumPy arrays ({@code .npy}); CIFAR-10 binary
 * records ({@code .bin}); JSON lines ({@code .jsonl}, {@code .ndjson}, or what starts with an
 * object); plain text, when the options say what a token is; everything else is a text table with
 * comma, semicolon, tab, bar or blanks between cells, with or without a header, in which a cell is
 * missing that is empty or says {@code nan}, {@code NA}, {@code N/A}, {@code NULL}, {@code None} or
 * {@code ?}.
 *
 * <p>Folders: one with the canonical MNIST names, or one in which one file has the word {@code
 * train} in its name, and possibly others {@code valid} and {@code test}. The parts share a schema,
 * which is inferred from the training part.
 *
 * <p>Built in, drawn from the seed of the options: {@code builtin:digits}, {@code builtin:mixture}.
 */
public final class Datasets {
    private static final String BUILT_IN = "builtin:";
    private static final int HEAD = 8;

    private Datasets() {}

    /**
     * Opens data with {@link DataOptions#defaults}.
     *
     * @see #open(String, DataOptions)
     */
    public static DataParts open(String source) {
        return open(source, DataOptions.defaults());
    }

    /**
     * Opens data.
     *
     * @param source name of a file or folder, or {@code builtin:} and a name
     * @param options how; under a schema, columns of a table with a header are matched by name
     * @throws InvalidArgumentException when there is no such source; naming row, column and value,
     *     when the schema of the options has no place for a value
     * @throws FileFormatException when a file is damaged or not what its name says
     */
    public static DataParts open(String source, DataOptions options) {
        if (source.startsWith(BUILT_IN)) {
            DataParts parts =
                    BuiltIn.named(source.substring(BUILT_IN.length())).draw(options.seed());
            return conform(parts, options, source);
        }
        Path path = path(source);
        Notes notes = new Notes();
        if (!Files.isDirectory(path)) {
            SourceFile file = new SourceFile(path);
            return new DataParts(
                    format(file, options).read(List.of(file), options, notes).get(0),
                    null,
                    null,
                    notes.lines());
        }
        if (Mnist.isIn(path)) {
            return Mnist.read(path, options);
        }
        PartsFolder folder = PartsFolder.of(path);
        List<SourceFile> files = new ArrayList<>(List.of(folder.train()));
        Stream.of(folder.valid(), folder.test()).filter(file -> file != null).forEach(files::add);
        List<Dataset> parts = format(folder.train(), options).read(files, options, notes);
        return new DataParts(
                parts.get(0),
                folder.valid() == null ? null : parts.get(1),
                folder.test() == null ? null : parts.get(parts.size() - 1),
                notes.lines());
    }

    /**
     * Opens the parts of a data set from a source each. Without a schema in the options one is
     * inferred from the training part, and the other parts are read by it.
     *
     * @param train name of the source to learn from
     * @param valid name of the source to choose models with, of which the validation part is taken
     *     if it has one; null for what the training source has
     * @param test name of the source to judge models with, of which the test part is taken if it
     *     has one; null for what the training source has
     * @throws InvalidArgumentException as {@link #open(String, DataOptions)}
     * @throws FileFormatException as {@link #open(String, DataOptions)}
     */
    public static DataParts open(
            String train, @Nullable String valid, @Nullable String test, DataOptions options) {
        List<String> sources =
                Stream.of(Optional.of(train), Optional.ofNullable(valid), Optional.ofNullable(test))
                        .flatMap(Optional::stream)
                        .toList();
        if (sources.stream().allMatch(Datasets::isFile)) {
            List<SourceFile> files =
                    sources.stream().map(source -> new SourceFile(path(source))).toList();
            FileFormat format = format(files.get(0), options);
            if (files.stream().allMatch(file -> isOf(format, file, options))) {
                Notes notes = new Notes();
                List<Dataset> parts = format.read(files, options, notes);
                return new DataParts(
                        parts.get(0),
                        valid == null ? null : parts.get(1),
                        test == null ? null : parts.get(parts.size() - 1),
                        notes.lines());
            }
        }
        DataParts parts = open(train, options);
        DataOptions same = options.withSchema(parts.schema());
        DataParts validParts = valid == null ? parts : open(valid, same);
        DataParts testParts = test == null ? parts : open(test, same);
        return new DataParts(
                parts.train(),
                valid == null ? parts.valid() : validParts.validOrAll(),
                test == null ? parts.test() : testParts.testOrAll(),
                Stream.of(parts, validParts, testParts)
                        .distinct()
                        .flatMap(each -> each.notes().stream())
                        .toList());
    }

    /**
     * What the columns of a source hold, and what is doubtful about them. Of a folder, the training
     * part decides.
     *
     * @throws InvalidArgumentException as {@link #open(String, DataOptions)}
     * @throws FileFormatException as {@link #open(String, DataOptions)}
     */
    public static InferredTable infer(String source, DataOptions options) {
        Notes notes = new Notes();
        if (!source.startsWith(BUILT_IN)) {
            Path path = path(source);
            boolean folder = Files.isDirectory(path);
            if (!folder || !Mnist.isIn(path)) {
                SourceFile file = folder ? PartsFolder.of(path).train() : new SourceFile(path);
                if (format(file, options) instanceof TableFormat) {
                    List<InferredColumn> columns = TableFormat.columns(file, options, notes);
                    return new InferredTable(columns, notes.lines());
                }
            }
        }
        DataParts parts = open(source, options);
        List<InferredColumn> columns =
                parts.schema().columns().stream().map(InferredColumn::ofFormat).toList();
        return new InferredTable(columns, parts.notes());
    }

    private static boolean isFile(String source) {
        return !source.startsWith(BUILT_IN) && !Files.isDirectory(path(source));
    }

    private static boolean isOf(FileFormat format, SourceFile file, DataOptions options) {
        return format(file, options).getClass() == format.getClass();
    }

    /** Names of the built-in sources, with {@code builtin:}. */
    public static List<String> builtIn() {
        return Stream.of(BuiltIn.values()).map(source -> BUILT_IN + source.title()).toList();
    }

    private static DataParts conform(DataParts parts, DataOptions options, String source) {
        @Nullable Schema schema = options.schema();
        @Nullable Dataset valid = parts.valid();
        @Nullable Dataset test = parts.test();
        return new DataParts(
                Conform.to(parts.train(), schema, source),
                valid == null ? null : Conform.to(valid, schema, source),
                test == null ? null : Conform.to(test, schema, source));
    }

    private static Path path(String source) {
        try {
            return Path.of(source);
        } catch (InvalidPathException e) {
            throw new InvalidArgumentException(
                    "'" + source + "' cannot be the name of a file (" + e.getReason() + ")", e);
        }
    }

    private static FileFormat format(SourceFile file, DataOptions options) {
        byte[] head = file.head(HEAD);
        if (NpyHeader.isStartedBy(head) || file.name().endsWith(".npy")) {
            return new NpyFormat();
        }
        if (IdxFormat.isStartedBy(head) || file.name().endsWith("-ubyte")) {
            return new IdxFormat();
        }
        if (file.name().endsWith(".bin")) {
            return new CifarFormat();
        }
        return options.tokens() != null ? new TextFormat() : new TableFormat();
    }
}
