package io.sluice.data.format;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;

import io.sluice.FileFormatException;
import io.sluice.SluiceException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Streams the cells of a text table to a visitor, without making a string of each. */
final class TableScanner {

    /** What receives the cells, row by row. */
    interface Visitor {
        /**
         * A cell. The characters are valid during the call only.
         *
         * @param column counted from 0
         * @param offset of the first character; blanks around an unquoted cell are left out
         */
        void cell(int column, char[] text, int offset, int length);

        /**
         * The end of a row.
         *
         * @param line number of the line in the file where the row starts, from 1
         * @param cells how many cells it had
         * @return whether to go on
         */
        boolean endRow(long line, int cells);
    }

    private TableScanner() {}

    /**
     * Visits all rows; empty lines are no rows.
     *
     * @throws FileFormatException when quotes are not closed, or the text is too long for a cell
     */
    static void scan(SourceFile file, TableDialect dialect, Visitor visitor) {
        file.read(
                in -> {
                    scan(file, in, dialect, visitor);
                    return true;
                });
    }

    private static void scan(SourceFile file, InputStream in, TableDialect dialect, Visitor visitor)
            throws IOException {
        Cells handler = new Cells(file, visitor, dialect.separator() == ' ');
        try (CsvReader<Boolean> reader =
                CsvReader.builder()
                        .fieldSeparator(dialect.separator())
                        .skipEmptyLines(true)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .trimWhitespacesAroundQuotes(true)
                        .allowUnclosedQuote(false)
                        .detectBomHeader(true)
                        .build(handler, in, StandardCharsets.UTF_8)) {
            for (boolean goOn : reader) {
                if (!goOn) {
                    return;
                }
            }
        } catch (CsvParseException e) {
            if (e.getCause() instanceof SluiceException refused) {
                throw refused; // the visitor's own
            }
            throw new FileFormatException(
                    file + " is no valid table (" + e.getMessage() + "): correct it", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static final class Cells extends CsvCallbackHandler<Boolean> {
        private final SourceFile file;
        private final Visitor visitor;
        private final boolean skipEmpty;
        private long line;
        private int count;
        private boolean empty;

        Cells(SourceFile file, Visitor visitor, boolean skipEmpty) {
            this.file = file;
            this.visitor = visitor;
            this.skipEmpty = skipEmpty;
        }

        @Override
        protected RecordType getRecordType() {
            return empty ? RecordType.EMPTY : RecordType.DATA;
        }

        @Override
        protected int getFieldCount() {
            return count;
        }

        @Override
        protected void beginRecord(long startingLine) {
            line = startingLine;
            count = 0;
            empty = false;
        }

        @Override
        protected void addField(char[] text, int offset, int length, boolean quoted) {
            int from = offset;
            int to = offset + length;
            if (!quoted) {
                while (from < to && text[from] <= ' ') {
                    from++;
                }
                while (from < to && text[to - 1] <= ' ') {
                    to--;
                }
                if (skipEmpty && from == to) {
                    return; // runs of blanks separate once
                }
            }
            if (count == DataLimits.MAXIMUM_VARIABLES) {
                DataLimits.requireTable(file.path(), 1, count + 1L);
            }
            visitor.cell(count++, text, from, to - from);
        }

        @Override
        protected void setComment(char[] text, int offset, int length) {
            throw new AssertionError("comments are not asked for");
        }

        @Override
        protected void setEmpty() {
            empty = true;
        }

        @Override
        protected Boolean buildRecord() {
            // a line of blanks is no row
            return count == 0 || visitor.endRow(line, count);
        }
    }
}
