package io.sluice.data.format;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;

import io.sluice.InvalidArgumentException;
import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Writes data sets as CSV (UTF-8): a header with the names of the columns, then the rows, with
 * labels for codes where the schema has them, the shortest texts that read back as the same float32
 * numbers, and empty missing cells. Read under the same schema, the file gives the same data set.
 */
public final class DatasetCsv {

    private DatasetCsv() {}

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

    /**
     * Writes a file, all or nothing.
     *
     * @throws IOException when writing fails
     */
    public static void write(Dataset data, Path file) throws IOException {
        write(data.schema(), file, table -> table.accept(data));
    }

    /**
     * Writes a file from portions, all or nothing.
     *
     * @param schema names and labels of all portions, whatever their own are
     * @throws IOException when writing fails
     */
    public static void write(Schema schema, Path file, Rows rows) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    CsvWriter writer =
                            CsvWriter.builder()
                                    .lineDelimiter(LineDelimiter.LF)
                                    .quoteStrategy(new QuoteAmbiguous(schema.variables() == 1))
                                    .build(out, StandardCharsets.UTF_8);
                    writer.writeRecord(schema.columns().stream().map(Column::name).toList());
                    rows.writeTo(portion -> write(portion, schema, writer));
                    writer.flush();
                });
    }

    /**
     * Writes the table that some rows were read from once more, with its missing cells filled, all
     * or nothing: columns (also those that are no variables), order, header, separator, quotes,
     * line ends, character set and every observed cell are as they stood in the file. Filled cells
     * follow their column: decimal mark, number of decimals, currency and percent signs. Blank
     * lines of tables with several columns are left out.
     *
     * <p>Rows that were read without {@link DataOptions#keepingText}, or from another format, are
     * written as {@link #write(Dataset, Path)} does.
     *
     * @param rows rows with missing cells
     * @param schema names and labels of all completions, whatever their own are
     * @param times how many completions each row has, at least 1
     * @param completions hands over {@code rows.rows() * times} rows in order: row {@code i} fills
     *     row {@code i / times} of the table. A cell that is missing there too stays as it stood
     * @throws InvalidArgumentException when there are more or fewer completions
     * @throws IOException when writing fails
     */
    public static void complete(Dataset rows, Schema schema, int times, Path file, Rows completions)
            throws IOException {
        if (times < 1) {
            throw new InvalidArgumentException(
                    times + " completions for each row are impossible: give at least 1");
        }
        KeptRows kept = rows.source() instanceof KeptRows known ? known : null;
        KeptRows.Texts texts = kept == null ? null : kept.texts();
        if (kept != null && texts != null) {
            AtomicFile.write(
                    file,
                    out ->
                            CompletedTable.write(
                                    rows, kept, texts, schema, times, out, completions));
        } else {
            write(schema, file, table -> completions.writeTo(new Observed(rows, times, table)));
        }
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

    private static void write(Dataset portion, Schema schema, CsvWriter writer) {
        String[] cells = new String[portion.variables()];
        for (long row = 0; row < portion.rows(); row++) {
            for (int v = 0; v < cells.length; v++) {
                cells[v] = schema.column(v).text(portion.value(row, v));
            }
            writer.writeRecord(cells);
        }
    }

    /** Quotes what reading would trim, and empty cells that would otherwise make an empty line. */
    private record QuoteAmbiguous(boolean singleColumn) implements QuoteStrategy {
        @Override
        public boolean quoteEmpty(int line, int field) {
            return singleColumn;
        }

        @Override
        public boolean quoteValue(int line, int field, String value) {
            return value.charAt(0) <= ' ' || value.charAt(value.length() - 1) <= ' ';
        }
    }
}
