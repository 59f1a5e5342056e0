package io.sluice.data.format;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether the first row of a table names its columns. It does when none of its cells is a
 * number or missing (the first may be empty, as in tables with an unnamed index), all differ, and
 * below them there is a column of numbers, or no cell of the row occurs again in its column.
 */
final class TableHeader {
    private static final int ROWS = 200;
    private static final int CELLS = 200_000;

    private TableHeader() {}

    /** The names of the columns; null when the table has no header. */
    static @Nullable List<String> of(SourceFile file, TableDialect dialect) {
        List<List<String>> head = new ArrayList<>();
        TableScanner.scan(
                file,
                dialect,
                new TableScanner.Visitor() {
                    private List<String> row = new ArrayList<>();

                    @Override
                    public void cell(int column, char[] text, int offset, int length) {
                        row.add(new String(text, offset, length));
                    }

                    @Override
                    public boolean endRow(long line, int cells) {
                        head.add(row);
                        row = new ArrayList<>();
                        return head.size() < 2
                                || (head.size() < ROWS && head.size() * (long) cells < CELLS);
                    }
                });
        return head.size() > 1 && namesColumns(head) ? head.get(0) : null;
    }

    private static boolean namesColumns(List<List<String>> head) {
        List<String> first = head.get(0);
        Set<String> seen = new HashSet<>();
        for (int column = 0; column < first.size(); column++) {
            String cell = first.get(column);
            boolean emptyIndexName = column == 0 && cell.isEmpty() && first.size() > 1;
            if (!seen.add(cell)
                    || isNumber(cell)
                    || (CellText.saysMissing(cell) && !emptyIndexName)) {
                return false;
            }
        }
        boolean recurs = false;
        for (int column = 0; column < first.size(); column++) {
            boolean numbers = false;
            boolean texts = false;
            for (List<String> row : head.subList(1, head.size())) {
                if (column >= row.size() || CellText.saysMissing(row.get(column))) {
                    continue;
                }
                numbers |= isNumber(row.get(column));
                texts |= !isNumber(row.get(column));
                recurs |= row.get(column).equals(first.get(column));
            }
            if (numbers && !texts) {
                return true;
            }
        }
        return !recurs;
    }

    private static boolean isNumber(String cell) {
        return !Double.isNaN(NumberText.parse(cell.toCharArray(), 0, cell.length()));
    }
}
