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
         * The same cell, just before, with the blanks around it.
         *
         * @param quoted whether the file has the cell in quotes
         */
        default void rawCell(char[] text, int offset, int length, boolean quoted) {}

        /**
         * The end of a row.
         *
         * @param line number of the line in the file where the row starts, from 1
         * @param cells how many cells it had; 0 for a blank line
         * @return whether to go on
         */
        boolean endRow(long line, int cells);
    }

    private TableScanner() {}

    /**
     * Visits all rows and blank lines.
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
                        .skipEmptyLines(false)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .trimWhitespacesAroundQuotes(true)
                        .allowUnclosedQuote(false)
                        .build(handler, dialect.encoding().reader(in))) {
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
        private boolean blank; // so far the line has nothing but one empty cell

        Cells(SourceFile file, Visitor visitor, boolean skipEmpty) {
            this.file = file;
            this.visitor = visitor;
            this.skipEmpty = skipEmpty;
        }

        @Override
        protected RecordType getRecordType() {
            return RecordType.DATA;
        }

        @Override
        protected int getFieldCount() {
            return count;
        }

        @Override
        protected void beginRecord(long startingLine) {
            line = startingLine;
            count = 0;
            blank = false;
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
                if (from == to && skipEmpty) {
                    return; // runs of blanks separate once
                }
                if (from == to && count == 0 && !blank) {
                    blank = true;
                    return;
                }
            }
            if (blank) {
                visitor.rawCell(text, offset, 0, false);
                visitor.cell(count++, text, offset, 0);
                blank = false;
            }
            if (count == DataLimits.MAXIMUM_VARIABLES) {
                DataLimits.requireTable(file.path(), 1, count + 1L);
            }
            boolean keepBlanks = !skipEmpty;
            visitor.rawCell(
                    text, keepBlanks ? offset : from, keepBlanks ? length : to - from, quoted);
            visitor.cell(count++, text, from, to - from);
        }

        @Override
        protected void setComment(char[] text, int offset, int length) {
            throw new AssertionError("comments are not asked for");
        }

        @Override
        protected void setEmpty() {
            blank = true;
        }

        @Override
        protected Boolean buildRecord() {
            return visitor.endRow(line, count);
        }
    }
}
