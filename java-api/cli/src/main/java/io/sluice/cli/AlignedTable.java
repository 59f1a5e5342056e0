package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of short texts as lines with aligned columns. */
final class AlignedTable {
    private final String sides;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param sides a letter for each column: l for texts aligned at their beginning, r for texts
     *     aligned at their end
     */
    AlignedTable(String sides) {
        this.sides = sides;
    }

    /** Adds a row with a cell for each column. */
    AlignedTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, without blanks at their ends. */
    List<String> lines() {
        int[] widths = new int[sides.length()];
        for (List<String> row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], length(row.get(c)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String padding = " ".repeat(widths[c] - length(row.get(c)));
            boolean left = sides.charAt(c) == 'l';
            line.append(c == 0 ? "" : "  ");
            line.append(left ? row.get(c) + padding : padding + row.get(c));
        }
        return line.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
