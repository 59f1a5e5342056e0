package io.sluice.data.format;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Writes a text table. Cells that would not read back without quotes get them. */
final class DelimitedSink implements TypedFormat.Sink {
    private final CsvWriter writer;
    private final Quoting quoting;

    private DelimitedSink(
            OutputStream out,
            char separator,
            LineDelimiter lineEnd,
            Charset charset,
            Quoting quoting) {
        this.quoting = quoting;
        this.writer =
                CsvWriter.builder()
                        .fieldSeparator(separator)
                        .lineDelimiter(lineEnd)
                        .quoteStrategy(quoting)
                        .build(out, charset);
    }

    /** Writes cells as they stood in a table of some dialect, apart from the separator. */
    static DelimitedSink like(TableDialect dialect, char separator, OutputStream out)
            throws IOException {
        out.write(dialect.encoding().mark());
        LineDelimiter lineEnd =
                switch (dialect.lineEnd()) {
                    case "\r\n" -> LineDelimiter.CRLF;
                    case "\r" -> LineDelimiter.CR;
                    default -> LineDelimiter.LF;
                };
        return new DelimitedSink(
                out, separator, lineEnd, dialect.encoding().charset(), new Quoting(false, true));
    }

    /** Writes a new table in UTF-8, with the names of the columns first. */
    static DelimitedSink fresh(List<String> names, char separator, OutputStream out) {
        DelimitedSink sink =
                new DelimitedSink(
                        out,
                        separator,
                        LineDelimiter.LF,
                        StandardCharsets.UTF_8,
                        new Quoting(names.size() == 1, false));
        sink.row(names.stream().map(name -> new TableCell(name, false)).toList());
        return sink;
    }

    @Override
    public void row(List<TableCell> cells) {
        quoting.cells = cells;
        writer.writeRecord(cells.stream().map(TableCell::raw).toList());
    }

    @Override
    public void finish() throws IOException {
        writer.flush();
    }

    private static final class Quoting implements QuoteStrategy {
        private static final Pattern SEPARATORS = Pattern.compile("[ ,;|\t]");

        private final boolean single;
        private final boolean asGiven;
        private List<TableCell> cells = List.of();

        /**
         * @param single whether the table has one column: an empty cell without quotes makes a
         *     blank line, and anything that can separate cells would be taken to do so
         * @param asGiven whether cells say themselves whether they have quotes; otherwise those get
         *     them that have blanks at their ends, which reading trims
         */
        Quoting(boolean single, boolean asGiven) {
            this.single = single;
            this.asGiven = asGiven;
        }

        @Override
        public boolean quoteValue(int line, int field, String value) {
            boolean trimmed = value.charAt(0) <= ' ' || value.charAt(value.length() - 1) <= ' ';
            boolean separates = single && SEPARATORS.matcher(value).find();
            return asGiven ? cells.get(field).quoted() : trimmed || separates;
        }

        @Override
        public boolean quoteEmpty(int line, int field) {
            return single || (asGiven && cells.get(field).quoted());
        }
    }
}
