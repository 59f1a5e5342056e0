package io.sluice.data.format;

import java.util.List;

/** How the cells of a table stand in its file. */
sealed interface TableLayout {

    /** Visits all rows, those of the header included. */
    void scan(SourceFile file, TableScanner.Visitor visitor);

    /**
     * Cells separated by a character.
     *
     * @param dialect how
     */
    record Delimited(TableDialect dialect) implements TableLayout {
        @Override
        public void scan(SourceFile file, TableScanner.Visitor visitor) {
            TableScanner.scan(file, dialect, visitor);
        }
    }

    /**
     * Values of columns that have names and types.
     *
     * @param format of the file
     * @param columns all of them
     */
    record Typed(TypedFormat format, List<TypedColumn> columns) implements TableLayout {
        @Override
        public void scan(SourceFile file, TableScanner.Visitor visitor) {
            long[] rows = {0};
            format.scan(
                    file.path(),
                    columns,
                    cells -> {
                        for (int column = 0; column < cells.size(); column++) {
                            TableCell cell = cells.get(column);
                            char[] raw = cell.raw().toCharArray();
                            visitor.rawCell(raw, 0, raw.length, cell.quoted());
                            char[] text = cell.quoted() ? raw : cell.text().toCharArray();
                            visitor.cell(column, text, 0, text.length);
                        }
                        return visitor.endRow(++rows[0], cells.size());
                    });
        }
    }
}
