package io.sluice.data.format;

import java.util.ArrayList;
import java.util.List;

/** The first rows of a table, as texts. */
final class TableHead {
    private static final int ROWS = 200;
    private static final int CELLS = 200_000;
    private static final int CHARACTERS = 1 << 22;

    private TableHead() {}

    /** Reads two rows, and more while they are small; blank lines are left out. */
    static List<List<String>> of(SourceFile file, TableDialect dialect) {
        List<List<String>> head = new ArrayList<>();
        TableScanner.scan(
                file,
                dialect,
                new TableScanner.Visitor() {
                    private List<String> row = new ArrayList<>();
                    private long cells;
                    private long characters;

                    @Override
                    public void cell(int column, char[] text, int offset, int length) {
                        row.add(new String(text, offset, length));
                        characters += length;
                    }

                    @Override
                    public boolean endRow(long line, int count) {
                        if (count > 0) {
                            head.add(row);
                            cells += count;
                            row = new ArrayList<>();
                        }
                        boolean small = cells < CELLS && characters < CHARACTERS;
                        return head.size() < 2 || (head.size() < ROWS && small);
                    }
                });
        return head;
    }
}
