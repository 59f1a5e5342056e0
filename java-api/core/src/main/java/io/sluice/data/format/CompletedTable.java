package io.sluice.data.format;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Writes a table once more as it stood, with its missing cells filled. */
final class CompletedTable {
    /** Observed cells that are looked at to find the style of a column. */
    private static final int MOST_SAMPLES = 1000;

    private final Dataset rows;
    private final KeptRows kept;
    private final KeptRows.Texts texts;
    private final Schema schema;
    private final int times;
    private final CsvWriter writer;
    private final Quoting quoting = new Quoting();
    private final List<NumberStyle> styles = new ArrayList<>();
    private long written;

    /** Quotes what stood in quotes. The writer itself quotes what would not read back. */
    private static final class Quoting implements QuoteStrategy {
        private List<KeptRows.Cell> cells = List.of();

        @Override
        public boolean quoteValue(int line, int field, String value) {
            return cells.get(field).quoted();
        }

        @Override
        public boolean quoteEmpty(int line, int field) {
            return cells.get(field).quoted();
        }
    }

    private CompletedTable(
            Dataset rows,
            KeptRows kept,
            KeptRows.Texts texts,
            Schema schema,
            int times,
            OutputStream out) {
        this.rows = rows;
        this.kept = kept;
        this.texts = texts;
        this.schema = schema;
        this.times = times;
        TableDialect dialect = texts.table().dialect();
        LineDelimiter lineEnd =
                switch (dialect.lineEnd()) {
                    case "\r\n" -> LineDelimiter.CRLF;
                    case "\r" -> LineDelimiter.CR;
                    default -> LineDelimiter.LF;
                };
        this.writer =
                CsvWriter.builder()
                        .fieldSeparator(dialect.separator())
                        .lineDelimiter(lineEnd)
                        .quoteStrategy(quoting)
                        .build(out, dialect.encoding().charset());
        for (int v = 0; v < rows.variables(); v++) {
            styles.add(style(v));
        }
    }

    /**
     * Writes the table.
     *
     * @param kept of the same rows
     * @param texts of the file that they are from
     */
    static void write(
            Dataset rows,
            KeptRows kept,
            KeptRows.Texts texts,
            Schema schema,
            int times,
            OutputStream out,
            DatasetCsv.Rows completions)
            throws IOException {
        out.write(texts.table().dialect().encoding().mark());
        CompletedTable table = new CompletedTable(rows, kept, texts, schema, times, out);
        if (!texts.header().isEmpty()) {
            table.writeCells(texts.header());
        }
        completions.writeTo(table::write);
        if (table.written != rows.rows() * times) {
            throw new InvalidArgumentException(
                    table.written
                            + " completions do not fit "
                            + rows.rows()
                            + " rows: give "
                            + times
                            + " for each");
        }
        table.writer.flush();
    }

    private void write(Dataset portion) {
        for (long r = 0; r < portion.rows(); r++) {
            long row = written / times;
            if (row >= rows.rows()) {
                throw new InvalidArgumentException(
                        "there are more completions than rows: give "
                                + times
                                + " for each of "
                                + rows.rows());
            }
            List<KeptRows.Cell> cells = new ArrayList<>(kept.cells(row));
            if (cells.isEmpty()) {
                cells.add(new KeptRows.Cell("", false)); // a blank line of a table of one column
            }
            for (int v = 0; v < rows.variables(); v++) {
                double value = portion.value(r, v);
                if (rows.isMissing(row, v) && !Double.isNaN(value)) {
                    fill(cells, v, value);
                }
            }
            writeCells(cells);
            written++;
        }
    }

    private void fill(List<KeptRows.Cell> cells, int variable, double value) {
        int at = texts.columnOf()[variable];
        while (cells.size() <= at) {
            cells.add(new KeptRows.Cell("", false));
        }
        KeptRows.Cell hole = cells.get(at);
        String blanks = hole.quoted() ? "" : leadingBlanks(hole.raw());
        cells.set(at, new KeptRows.Cell(blanks + text(variable, value), hole.quoted()));
    }

    private static String leadingBlanks(String raw) {
        int length = 0;
        while (length < raw.length() && raw.charAt(length) <= ' ') {
            length++;
        }
        return raw.substring(0, length);
    }

    private String text(int variable, double value) {
        Column column = schema.column(variable);
        if (!column.isCategorical()) {
            return styles.get(variable).format((float) value);
        }
        String label = column.label((int) value);
        NumberStyle style = styles.get(variable);
        double number = NumberText.parse(label, '.');
        boolean styled =
                style.decimals() > 0 || !style.prefix().isEmpty() || !style.suffix().isEmpty();
        return styled && !Double.isNaN(number) ? style.format((float) number) : label;
    }

    /**
     * The style of the numbers of a column; of categories, when all that are looked at are numbers.
     */
    private NumberStyle style(int variable) {
        char decimal = texts.table().decimal();
        List<String> samples = new ArrayList<>();
        for (long r = 0; r < Math.min(rows.rows(), MOST_SAMPLES); r++) {
            if (!rows.isMissing(r, variable)) {
                samples.add(rows.text(r, variable));
            }
        }
        boolean numbers =
                samples.stream().noneMatch(text -> Double.isNaN(NumberText.parse(text, decimal)));
        return NumberStyle.of(numbers ? samples : List.of(), decimal);
    }

    private void writeCells(List<KeptRows.Cell> cells) {
        quoting.cells = cells;
        writer.writeRecord(cells.stream().map(KeptRows.Cell::raw).toList());
    }
}
