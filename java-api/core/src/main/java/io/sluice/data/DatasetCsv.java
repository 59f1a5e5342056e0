package io.sluice.data;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes data sets as CSV (UTF-8): a header with the names of the columns, then the rows, with
 * labels for codes where the schema has them, the shortest texts that read back as the same float32
 * numbers, and empty missing cells. Read under the same schema, the file gives the same data set.
 */
public final class DatasetCsv {

    private DatasetCsv() {}

    /**
     * Writes a file, all or nothing.
     *
     * @throws IOException when writing fails
     */
    public static void write(Dataset data, Path file) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    CsvWriter writer =
                            CsvWriter.builder()
                                    .lineDelimiter(LineDelimiter.LF)
                                    .quoteStrategy(new QuoteAmbiguous(data.variables() == 1))
                                    .build(out, StandardCharsets.UTF_8);
                    writer.writeRecord(data.schema().columns().stream().map(Column::name).toList());
                    String[] cells = new String[data.variables()];
                    for (long row = 0; row < data.rows(); row++) {
                        for (int v = 0; v < cells.length; v++) {
                            cells[v] = text(data, row, v);
                        }
                        writer.writeRecord(cells);
                    }
                    writer.flush();
                });
    }

    private static String text(Dataset data, long row, int variable) {
        double value = data.value(row, variable);
        if (Double.isNaN(value)) {
            return "";
        }
        Column column = data.schema().column(variable);
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
