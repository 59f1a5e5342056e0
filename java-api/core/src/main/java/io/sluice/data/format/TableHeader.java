package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether the first row of a table names its columns. It does when none of its cells is a
 * number, and below one of its names there is a column of numbers, or no cell of the row occurs
 * again in its column.
 */
final class TableHeader {
    /** A column is one of numbers when at most one in so many cells is a text. */
    private static final int NUMBERS_PER_TEXT = 20;

    private TableHeader() {}

    /**
     * The names of the columns; null when the table has no header. An empty name becomes {@code x}
     * and the number of the column. A name that occurs again gets a number of its own, from 2.
     *
     * @param head the first rows, at least one
     * @param known the schema that is known, null for none: a row that names half of its columns is
     *     a header, another one that it can encode is a row
     */
    static @Nullable List<String> of(
            SourceFile file,
            List<List<String>> head,
            char decimal,
            @Nullable Boolean given,
            @Nullable Schema known,
            Notes notes) {
        boolean header = given == null ? isHeader(file, head, decimal, known, notes) : given;
        if (header && head.size() == 1) {
            throw new FileFormatException(
                    file
                            + " has a header and no rows: add rows, or say that its first line is"
                            + " one (--header no)");
        }
        return header ? unique(file, head.get(0), notes) : null;
    }

    private static boolean isHeader(
            SourceFile file,
            List<List<String>> head,
            char decimal,
            @Nullable Schema known,
            Notes notes) {
        List<String> first = head.get(0);
        if (first.stream().anyMatch(cell -> isNumber(cell, decimal))
                || first.stream().allMatch(CellText::saysMissing)) {
            return false;
        }
        if (known != null) {
            if (namesHalf(known, first)) {
                return true;
            }
            if (head.size() == 1 || isRow(known, first, decimal)) {
                return false;
            }
        }
        if (head.size() == 1) {
            return true;
        }
        boolean recurs = false;
        for (int column = 0; column < first.size(); column++) {
            String name = first.get(column);
            int numbers = 0;
            int texts = 0;
            for (List<String> row : head.subList(1, head.size())) {
                if (column >= row.size() || CellText.saysMissing(row.get(column))) {
                    continue;
                }
                boolean number = isNumber(row.get(column), decimal);
                numbers += number ? 1 : 0;
                texts += number ? 0 : 1;
                recurs |= row.get(column).equals(name);
            }
            if (!CellText.saysMissing(name) && numbers > NUMBERS_PER_TEXT * texts) {
                return true;
            }
        }
        boolean differ = new HashSet<>(first).size() == first.size();
        boolean missing =
                first.stream().anyMatch(cell -> !cell.isEmpty() && CellText.saysMissing(cell));
        if (recurs || missing) {
            return false;
        }
        if (!differ || head.size() <= 2) {
            notes.add(
                    file
                            + ": the first line ("
                            + Shown.list(first)
                            + ") is taken as the names of the columns (--header no if it is a"
                            + " row)");
        }
        return true;
    }

    private static boolean namesHalf(Schema known, List<String> first) {
        Set<String> names = new HashSet<>(first);
        long named = known.columns().stream().filter(c -> names.contains(c.name())).count();
        return 2 * named >= known.variables();
    }

    private static boolean isRow(Schema known, List<String> first, char decimal) {
        if (first.size() != known.variables()) {
            return false;
        }
        List<CellCodec> codecs = CellCodec.of(known);
        for (int v = 0; v < first.size(); v++) {
            String cell = first.get(v);
            if (!CellText.saysMissing(cell) && Double.isNaN(codecs.get(v).encode(cell, decimal))) {
                return false;
            }
        }
        return true;
    }

    /** The names of columns, all different: empty ones and those that recur are replaced. */
    static List<String> unique(SourceFile file, List<String> first, Notes notes) {
        Set<String> taken = new HashSet<>(first);
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (int column = 0; column < first.size(); column++) {
            String name = first.get(column).isEmpty() ? "x" + column : first.get(column);
            if (!seen.add(name)) {
                int number = 2;
                String numbered = name + "." + number;
                while (taken.contains(numbered) || seen.contains(numbered)) {
                    number++;
                    numbered = name + "." + number;
                }
                notes.add(
                        file
                                + " has the column name '"
                                + Shown.text(name)
                                + "' more than once: column "
                                + column
                                + " is called '"
                                + Shown.text(numbered)
                                + "'");
                seen.add(numbered);
                name = numbered;
            }
            names.add(name);
        }
        return names;
    }

    private static boolean isNumber(String cell, char decimal) {
        return !Double.isNaN(NumberText.parse(cell, decimal));
    }
}
