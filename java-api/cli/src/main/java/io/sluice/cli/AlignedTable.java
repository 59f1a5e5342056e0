package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of short texts as lines with aligned columns: the first to the left, others to the right.
 */
final class AlignedTable {
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a row; all have the same number of cells. */
    AlignedTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, without blanks at their ends. */
    List<String> lines() {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).size()];
        for (List<String> row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], length(row.get(c)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String padding = " ".repeat(widths[c] - length(row.get(c)));
            line.append(c == 0 ? row.get(c) + padding : "  " + padding + row.get(c));
        }
        return line.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
