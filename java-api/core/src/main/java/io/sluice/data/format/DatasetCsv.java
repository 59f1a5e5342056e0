package io.sluice.data.format;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;

import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
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

    private static void write(Dataset portion, Schema schema, CsvWriter writer) {
        String[] cells = new String[portion.variables()];
        for (long row = 0; row < portion.rows(); row++) {
            for (int v = 0; v < cells.length; v++) {
                cells[v] = text(portion.value(row, v), schema.column(v));
            }
            writer.writeRecord(cells);
        }
    }

    private static String text(double value, Column column) {
        if (Double.isNaN(value)) {
            return "";
        }
        return column.isCategorical() ? column.label((int) value) : CellText.ofFloat((float) value);
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
