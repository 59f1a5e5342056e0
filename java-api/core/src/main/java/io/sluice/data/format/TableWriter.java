package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.AtomicFile;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.TypedColumn.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/**
 * Writes tables in the format that the ending of a name says, all or nothing.
 *
 * <ul>
 *   <li>{@code .csv}, {@code .tsv}: text in UTF-8, with the names of the columns first
 *   <li>{@code .jsonl}: an object a line
 *   <li>{@code .npy}: tables of numbers only
 *   <li>the endings of {@link TypedFormat}s of other modules
 * </ul>
 *
 * Texts may also be compressed, as {@code .csv.gz}. Cells are labels where columns have them, the
 * shortest texts that read back as the same number, and empty when they are missing. Read under the
 * same schema, the file gives the same data set. Immutable.
 */
public final class TableWriter {
    private static final String CSV = ".csv";
    private static final String TSV = ".tsv";
    private static final String NPY = ".npy";
    private static final String GZIP = ".gz";
    private static final Path STANDARD_OUTPUT = Path.of("-");

    /** Writes the rows of a table that is too large to be held at once. */
    @FunctionalInterface
    public interface Rows {
        /**
         * Hands over all rows, portion after portion.
         *
         * @param table takes data sets with the columns of the table
         */
        void writeTo(Consumer<Dataset> table) throws IOException;
    }

    private final String name;
    private final String ending; // empty: as the source of the rows, or CSV
    private final @Nullable TypedFormat typed;
    private final boolean compressed;

    private TableWriter(
            String name, String ending, @Nullable TypedFormat typed, boolean compressed) {
        this.name = name;
        this.ending = ending;
        this.typed = typed;
        this.compressed = compressed;
    }

    /** The endings of names, with their dots. */
    public static List<String> endings() {
        List<String> endings = new ArrayList<>(List.of(CSV, TSV, CSV + GZIP, TSV + GZIP));
        for (TypedFormat format : TypedFormats.all()) {
            endings.add(format.endings().get(0));
            if (format.equals(JsonLines.FORMAT)) {
                endings.add(format.endings().get(0) + GZIP);
            }
        }
        endings.add(NPY);
        return List.copyOf(endings);
    }

    /**
     * A writer of the format that a name says. {@code -} and the names of devices say none: tables
     * that are completed keep the text format of their source, others become CSV.
     *
     * @throws InvalidArgumentException when the name has another ending than {@link #endings}
     */
    public static TableWriter of(Path file) {
        String name = file.toString();
        String lower = name.toLowerCase(Locale.ROOT);
        boolean compressed = lower.endsWith(GZIP);
        String plain = compressed ? lower.substring(0, lower.length() - GZIP.length()) : lower;
        for (String ending : List.of(CSV, TSV)) {
            if (plain.endsWith(ending)) {
                return new TableWriter(name, ending, null, compressed);
            }
        }
        if (lower.endsWith(NPY)) {
            return new TableWriter(name, NPY, null, false);
        }
        for (TypedFormat format : TypedFormats.all()) {
            for (String ending : format.endings()) {
                if (plain.endsWith(ending) && (!compressed || format.equals(JsonLines.FORMAT))) {
                    return new TableWriter(name, ending, format, compressed);
                }
            }
        }
        if (file.equals(STANDARD_OUTPUT) || (Files.exists(file) && !Files.isRegularFile(file))) {
            return new TableWriter(name, "", null, false);
        }
        throw new InvalidArgumentException(
                "'"
                        + name
                        + "' cannot be written: give a name that ends in "
                        + String.join(", ", endings()));
    }

    /**
     * Refuses tables that the format cannot hold.
     *
     * @throws InvalidArgumentException naming a column that it cannot hold
     */
    public void requireFits(Schema schema) {
        if (ending.equals(NPY)) {
            NpySink.require(schema, name);
        }
    }

    /**
     * Writes a file.
     *
     * @param file where to
     * @throws InvalidArgumentException as {@link #requireFits}
     * @throws IOException when writing fails
     */
    public void write(Dataset data, Path file) throws IOException {
        write(data.schema(), file, table -> table.accept(data));
    }

    /**
     * Writes a file from portions.
     *
     * @param schema names and labels of all portions, whatever their own are
     * @param file where to
     * @throws InvalidArgumentException as {@link #requireFits}
     * @throws IOException when writing fails
     */
    public void write(Schema schema, Path file, Rows rows) throws IOException {
        requireFits(schema);
        List<TypedColumn> columns = ColumnKinds.of(schema);
        toFile(
                file,
                out -> {
                    TypedFormat.Sink sink =
                            ending.equals(NPY) ? NpySink.of(out, schema) : fresh(columns, out);
                    try {
                        rows.writeTo(portion -> write(portion, schema, columns, sink));
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    }
                    sink.finish();
                });
    }

    private static void write(
            Dataset portion, Schema schema, List<TypedColumn> columns, TypedFormat.Sink sink) {
        for (long row = 0; row < portion.rows(); row++) {
            List<TableCell> cells = new ArrayList<>(columns.size());
            for (int v = 0; v < columns.size(); v++) {
                double value = portion.value(row, v);
                cells.add(
                        Double.isNaN(value)
                                ? TableCell.MISSING
                                : new TableCell(
                                        schema.column(v).text(value),
                                        !columns.get(v).kind().isBare()));
            }
            try {
                sink.row(cells);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Writes the table that some rows were read from once more, with its missing cells filled:
     * columns (also those that are no variables), their order and every observed cell are as they
     * stood. A text table that stays one keeps its header, separator (unless one of the names says
     * {@code .tsv} and the other does not), quotes, line ends and character set; other formats keep
     * the types of columns. Filled cells follow their column: decimal mark, number of decimals,
     * currency and percent signs. Blank lines of tables with several columns are left out.
     *
     * <p>Rows that were read without {@link DataOptions#keepingText}, or from a format without
     * texts, are written as {@link #write(Dataset, Path)} does.
     *
     * @param rows rows with missing cells
     * @param schema names and labels of all completions, whatever their own are
     * @param times how many completions each row has, at least 1
     * @param file where to
     * @param completions hands over {@code rows.rows() * times} rows in order: row {@code i} fills
     *     row {@code i / times} of the table. A cell that is missing there too stays as it stood
     * @throws InvalidArgumentException when there are more or fewer completions, or the format
     *     cannot hold a column
     * @throws IOException when writing fails
     */
    public void complete(Dataset rows, Schema schema, int times, Path file, Rows completions)
            throws IOException {
        if (times < 1) {
            throw new InvalidArgumentException(
                    times + " completions for each row are impossible: give at least 1");
        }
        KeptRows kept = rows.source() instanceof KeptRows known ? known : null;
        KeptRows.Texts texts = kept == null ? null : kept.texts();
        if (kept == null || texts == null) {
            write(schema, file, table -> completions.writeTo(new Observed(rows, times, table)));
            return;
        }
        TableLayout from = texts.table().layout();
        List<TypedColumn> columns = columns(rows, kept, texts, schema);
        boolean typing = from instanceof TableLayout.Delimited && !isText(from);
        toFile(
                file,
                out -> {
                    TypedFormat.Sink sink = sink(texts, columns, out);
                    new CompletedTable(rows, kept, texts, schema, times, columns, typing, sink)
                            .write(completions);
                });
    }

    private boolean isText(TableLayout from) {
        return target(from) == null && !ending.equals(NPY);
    }

    /** The format with types that a completed table gets; null for none. */
    private @Nullable TypedFormat target(TableLayout from) {
        boolean lines =
                ending.isEmpty()
                        && from instanceof TableLayout.Typed source
                        && source.format().equals(JsonLines.FORMAT);
        return lines ? JsonLines.FORMAT : typed;
    }

    private List<TypedColumn> columns(
            Dataset rows, KeptRows kept, KeptRows.Texts texts, Schema schema) {
        TableLayout from = texts.table().layout();
        if (from instanceof TableLayout.Typed source) {
            return source.format().equals(target(from))
                    ? source.columns()
                    : numeric(
                            source.columns().stream()
                                    .map(column -> new TypedColumn(column.name(), column.kind()))
                                    .toList());
        }
        return isText(from)
                ? List.of() // cells stay as they are
                : numeric(ColumnKinds.of(kept, texts, rows.rows(), schema));
    }

    /** The columns, which are refused if an array of numbers cannot hold one. */
    private List<TypedColumn> numeric(List<TypedColumn> columns) {
        for (TypedColumn column : columns) {
            boolean number = column.kind() == Kind.WHOLE || column.kind() == Kind.REAL;
            if (ending.equals(NPY) && !number) {
                throw NpySink.refused(name, column.name());
            }
        }
        return columns;
    }

    private TypedFormat.Sink sink(KeptRows.Texts texts, List<TypedColumn> columns, OutputStream out)
            throws IOException {
        TableLayout from = texts.table().layout();
        if (ending.equals(NPY)) {
            return new NpySink(out, columns.size());
        }
        @Nullable TypedFormat target = target(from);
        if (target != null) {
            return target.sink(out, columns);
        }
        if (!(from instanceof TableLayout.Delimited source)) {
            return fresh(columns, out);
        }
        DelimitedSink sink =
                DelimitedSink.like(
                        source.dialect(), separator(texts.table().file(), source.dialect()), out);
        if (!texts.header().isEmpty()) {
            sink.row(texts.header());
        }
        return sink;
    }

    private char separator(SourceFile source, TableDialect dialect) {
        if (ending.equals(TSV)) {
            return '\t';
        }
        return ending.equals(CSV) && source.name().endsWith(TSV) ? ',' : dialect.separator();
    }

    private TypedFormat.Sink fresh(List<TypedColumn> columns, OutputStream out) throws IOException {
        return typed == null
                ? DelimitedSink.fresh(
                        columns.stream().map(TypedColumn::name).toList(),
                        ending.equals(TSV) ? '\t' : ',',
                        out)
                : typed.sink(out, columns);
    }

    private void toFile(Path file, AtomicFile.Content content) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    if (!compressed) {
                        content.writeTo(out);
                        return;
                    }
                    GZIPOutputStream zipped = new GZIPOutputStream(out);
                    content.writeTo(zipped);
                    zipped.finish();
                });
    }

    /** Puts the observed cells of rows into their completions. */
    private static final class Observed implements Consumer<Dataset> {
        private final Dataset rows;
        private final int times;
        private final Consumer<Dataset> table;
        private long written;

        Observed(Dataset rows, int times, Consumer<Dataset> table) {
            this.rows = rows;
            this.times = times;
            this.table = table;
        }

        @Override
        public void accept(Dataset portion) {
            DatasetBuilder completed = Dataset.builder(portion.schema());
            double[] row = new double[portion.variables()];
            for (long r = 0; r < portion.rows(); r++) {
                long original = written++ / times;
                for (int v = 0; v < row.length; v++) {
                    boolean hole = rows.isMissing(original, v);
                    row[v] = hole ? portion.value(r, v) : rows.value(original, v);
                }
                completed.add(row);
            }
            table.accept(completed.build());
        }
    }
}
