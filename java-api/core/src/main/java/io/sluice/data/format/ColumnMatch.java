package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which column of a table holds which variable of a schema.
 *
 * @param variableOf of each column; -1 for none
 * @param columnOf of each variable; -1 for none, its cells are missing
 */
record ColumnMatch(int[] variableOf, int[] columnOf) {
    private static final Pattern NUMBERED = Pattern.compile("x[0-9]+");

    /**
     * Matches by name when the table has a column with a name that the schema knows. Otherwise
     * columns are matched in their order, if the table or the schema has no names of its own.
     *
     * @param others whether columns that the schema lacks are worth a note
     * @throws InvalidArgumentException when nothing fits
     */
    static ColumnMatch of(TextTable table, Schema schema, boolean others, Notes notes) {
        int[] variableOf = new int[table.columns()];
        int[] columnOf = new int[schema.variables()];
        Arrays.fill(variableOf, -1);
        Arrays.fill(columnOf, -1);
        Map<String, Deque<Integer>> columns = new HashMap<>();
        for (int column = 0; column < table.columns(); column++) {
            columns.computeIfAbsent(table.columnName(column), name -> new ArrayDeque<>())
                    .add(column);
        }
        List<String> absent = new ArrayList<>();
        for (int v = 0; v < columnOf.length; v++) {
            String name = schema.column(v).name();
            Deque<Integer> found = columns.get(name); // names of a schema may occur twice
            if (found == null || found.isEmpty()) {
                absent.add(name);
            } else {
                columnOf[v] = found.remove();
                variableOf[columnOf[v]] = v;
            }
        }
        boolean someFound = absent.size() < columnOf.length;
        if (!absent.isEmpty() && (table.header() == null || !someFound)) {
            return inOrder(table, schema, notes);
        }
        List<String> unused = new ArrayList<>();
        for (int column = 0; column < variableOf.length && others; column++) {
            if (variableOf[column] < 0) {
                unused.add(table.columnName(column));
            }
        }
        tell(table, absent, unused, notes);
        return new ColumnMatch(variableOf, columnOf);
    }

    private static void tell(
            TextTable table, List<String> absent, List<String> unused, Notes notes) {
        List<String> parts = new ArrayList<>();
        if (!absent.isEmpty()) {
            parts.add("lacks " + named(absent) + " (all cells count as missing)");
        }
        if (!unused.isEmpty()) {
            parts.add("has " + named(unused) + " besides (kept, not used)");
        }
        if (!parts.isEmpty()) {
            notes.add(table.file() + ", compared with the schema, " + String.join(" and ", parts));
        }
    }

    private static String named(List<String> names) {
        return (names.size() == 1 ? "the column " : names.size() + " columns, ")
                + Shown.list(names);
    }

    private static ColumnMatch inOrder(TextTable table, Schema schema, Notes notes) {
        boolean named = table.header() != null;
        if (named && !isNumbered(schema)) {
            throw new InvalidArgumentException(
                    table.file()
                            + " has none of the columns that the schema has: it has "
                            + Shown.list(names(table))
                            + ", the schema has "
                            + Shown.list(schema.columns().stream().map(Column::name).toList())
                            + "; give data of the same columns, or say --header no if its first"
                            + " line is a row");
        }
        if (table.columns() != schema.variables()) {
            throw new InvalidArgumentException(
                    table.file()
                            + " has "
                            + table.columns()
                            + " columns, the schema has "
                            + schema.variables()
                            + ": give data of the shape that the schema, or the model it belongs"
                            + " to, was made for");
        }
        if (named) {
            notes.add(
                    table.file()
                            + " has other column names than the schema: its columns are taken in"
                            + " their order");
        }
        int[] same = new int[table.columns()];
        Arrays.setAll(same, i -> i);
        return new ColumnMatch(same, same.clone());
    }

    /** Whether the names are those that columns without names get. */
    private static boolean isNumbered(Schema schema) {
        return schema.columns().stream()
                .allMatch(column -> NUMBERED.matcher(column.name()).matches());
    }

    private static List<String> names(TextTable table) {
        List<String> names = new ArrayList<>();
        for (int column = 0; column < table.columns(); column++) {
            names.add(table.columnName(column));
        }
        return names;
    }
}
