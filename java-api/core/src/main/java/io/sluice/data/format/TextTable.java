package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A table whose layout, header and number of columns are known, as cells of text.
 *
 * @param layout how the cells stand in the file
 * @param decimal decimal point or comma
 * @param header names of the columns, all different; null when the table has none
 * @param openEnd whether the last column has no name and may be absent from rows: programs that
 *     write a separator after each cell may leave it out after some
 */
record TextTable(
        SourceFile file,
        TableLayout layout,
        char decimal,
        @Nullable List<String> header,
        int columns,
        boolean openEnd) {
    private static final int HEAD = 8;

    /** What receives the cells that are not missing. */
    @FunctionalInterface
    interface CellVisitor {
        void cell(int column, char[] text, int offset, int length);
    }

    /** What receives rows. */
    interface RowVisitor extends TableScanner.Visitor {
        /** The end of the header, of which only the raw cells were visited. */
        default void endHeader() {}
    }

    /**
     * Finds out how a file is written.
     *
     * @param known the schema that is known; null for none
     */
    static TextTable of(SourceFile file, DataOptions options, @Nullable Schema known, Notes notes) {
        @Nullable TypedFormat typed = TypedFormats.of(file, file.head(HEAD));
        if (typed != null) {
            return typed(file, typed, notes);
        }
        TableDialect dialect = TableDialect.of(file, options.separator(), notes);
        List<List<String>> head = TableHead.of(file, dialect);
        if (head.isEmpty()) {
            throw new FileFormatException(
                    file
                            + " has no rows: expected a table of cells separated by comma,"
                            + " semicolon, tab, bar or blanks");
        }
        char decimal =
                options.decimal() == null
                        ? DecimalMark.of(file, head, dialect.separator(), notes)
                        : options.decimal();
        @Nullable List<String> header =
                TableHeader.of(file, head, decimal, options.header(), known, notes);
        List<String> first = head.get(0);
        boolean openEnd = first.size() > 1 && first.get(first.size() - 1).isEmpty();
        return new TextTable(
                file,
                new TableLayout.Delimited(dialect),
                decimal,
                header,
                first.size(),
                header != null && openEnd);
    }

    private static TextTable typed(SourceFile file, TypedFormat format, Notes notes) {
        List<TypedColumn> columns = format.columns(file.path());
        if (columns.isEmpty()) {
            throw new FileFormatException(
                    file + " has no columns: give a table with rows and columns");
        }
        boolean[] hasRows = {false};
        format.scan(
                file.path(),
                columns,
                cells -> {
                    hasRows[0] = true;
                    return false;
                });
        if (!hasRows[0]) {
            throw new FileFormatException(file + " has no rows: give a table with rows");
        }
        List<String> names =
                TableHeader.unique(file, columns.stream().map(TypedColumn::name).toList(), notes);
        return new TextTable(
                file, new TableLayout.Typed(format, columns), '.', names, columns.size(), false);
    }

    /** The name of a column; {@code x} and its number where the file gives none. */
    String columnName(int column) {
        return header == null ? "x" + column : header.get(column);
    }

    /**
     * Visits the cells of every row but the header, leaving out those that say they are missing.
     */
    void visit(CellVisitor visitor) {
        visitRows(
                new RowVisitor() {
                    @Override
                    public void cell(int column, char[] text, int offset, int length) {
                        if (!CellText.saysMissing(text, offset, length)) {
                            visitor.cell(column, text, offset, length);
                        }
                    }

                    @Override
                    public boolean endRow(long line, int cells) {
                        return true;
                    }
                });
    }

    /**
     * Visits every row but the header. A blank line is a missing cell in a table of one column, and
     * no row otherwise. An empty cell too many at the end of a row is left out.
     *
     * @throws FileFormatException when a row has more or fewer cells than the first
     */
    void visitRows(RowVisitor visitor) {
        layout.scan(file, new Rows(visitor));
    }

    private final class Rows implements TableScanner.Visitor {
        private static final char[] NOTHING = {};

        private final RowVisitor visitor;
        private boolean inHeader = header != null && layout instanceof TableLayout.Delimited;
        private boolean extraCell;

        Rows(RowVisitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public void rawCell(char[] text, int offset, int length, boolean quoted) {
            visitor.rawCell(text, offset, length, quoted);
        }

        @Override
        public void cell(int column, char[] text, int offset, int length) {
            extraCell |= column >= columns && length > 0;
            if (!inHeader && column < columns) {
                visitor.cell(column, text, offset, length);
            }
        }

        @Override
        public boolean endRow(long line, int cells) {
            if (cells == 0 && (columns > 1 || inHeader)) {
                return true;
            }
            boolean oneTooMany = cells == columns + 1 && !extraCell;
            boolean oneTooFew = cells == columns - 1 && (openEnd || columns == 1);
            extraCell = false;
            if (cells != columns && !oneTooMany && !oneTooFew) {
                throw new FileFormatException(
                        file
                                + " has "
                                + cells
                                + " cells in line "
                                + line
                                + ", expected "
                                + columns
                                + " as in its first line: correct the line, or read the file as"
                                + " tokens if it is plain text");
            }
            if (inHeader) {
                inHeader = false;
                visitor.endHeader();
                return true;
            }
            if (oneTooFew) {
                visitor.cell(columns - 1, NOTHING, 0, 0);
            }
            return visitor.endRow(line, cells);
        }
    }
}
