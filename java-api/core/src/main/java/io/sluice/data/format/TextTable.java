package io.sluice.data.format;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A text table whose separator, header and number of columns are known.
 *
 * @param header names of the columns; null when the table has none
 */
record TextTable(
        SourceFile file, TableDialect dialect, @Nullable List<String> header, int columns) {

    /** What receives the cells that are not missing. */
    @FunctionalInterface
    interface CellVisitor {
        void cell(int column, char[] text, int offset, int length);
    }

    static TextTable of(SourceFile file) {
        TableDialect dialect = TableDialect.of(file);
        int[] columns = new int[1];
        TableScanner.scan(
                file,
                dialect,
                new TableScanner.Visitor() {
                    @Override
                    public void cell(int column, char[] text, int offset, int length) {}

                    @Override
                    public boolean endRow(long line, int cells) {
                        columns[0] = cells;
                        return false;
                    }
                });
        if (columns[0] == 0) {
            throw new FileFormatException(
                    file
                            + " has no rows: expected a table of cells separated by comma, tab or"
                            + " blanks");
        }
        return new TextTable(file, dialect, TableHeader.of(file, dialect), columns[0]);
    }

    /** The name of a column; {@code x} and its number where the file gives none. */
    String columnName(int column) {
        return header == null || header.get(column).isEmpty() ? "x" + column : header.get(column);
    }

    /**
     * Visits the cells of every row but the header, leaving out those that say they are missing.
     */
    void visit(CellVisitor visitor) {
        visitRows(
                new TableScanner.Visitor() {
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
     * Visits every row but the header.
     *
     * @throws FileFormatException when a row has more or fewer cells than the first
     */
    void visitRows(TableScanner.Visitor visitor) {
        TableScanner.scan(
                file,
                dialect,
                new TableScanner.Visitor() {
                    private boolean inHeader = header != null;

                    @Override
                    public void cell(int column, char[] text, int offset, int length) {
                        if (!inHeader && column < columns) {
                            visitor.cell(column, text, offset, length);
                        }
                    }

                    @Override
                    public boolean endRow(long line, int cells) {
                        if (cells != columns) {
                            throw new FileFormatException(
                                    file
                                            + " has "
                                            + cells
                                            + " cells in line "
                                            + line
                                            + ", expected "
                                            + columns
                                            + " as in its first line: correct the line, or read"
                                            + " the file as tokens if it is plain text");
                        }
                        boolean goOn = inHeader || visitor.endRow(line, cells);
                        inHeader = false;
                        return goOn;
                    }
                });
    }
}
