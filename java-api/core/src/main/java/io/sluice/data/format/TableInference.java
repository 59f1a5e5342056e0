package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Infers the schema of a text table. Integers with at most 32 different values are categorical:
 * coded as they are when they start at 0 and are small, otherwise with labels. Texts are
 * categorical with labels in alphabetical order, and so are integers with leading zeros. Dates and
 * times are numbers of days and seconds. Other numbers are continuous; a few stray texts among them
 * count as missing. A column without values, one of texts that nearly all differ, and one that
 * counts the rows, are left out. What the user declares goes before all that. In a table that holds
 * nothing but 0 and 1 every column has 2 categories; in one of the integers 0 to 255, and 255
 * somewhere, every column has 256.
 *
 * @param columns of the table, those that are left out too
 * @param strays names of the columns whose stray texts count as missing
 */
record TableInference(List<InferredColumn> columns, Set<String> strays) {
    private static final int BYTE_VALUES = 256;

    static TableInference of(
            TextTable table,
            @Nullable NumberCoding coding,
            List<DeclaredColumn> declared,
            Notes notes) {
        Map<String, DeclaredColumn> byName = byName(table, declared);
        List<ColumnTraits> traits = new ArrayList<>();
        for (int i = 0; i < table.columns(); i++) {
            traits.add(new ColumnTraits(table.columnName(i), table.decimal(), coding != null));
        }
        table.visit((column, text, offset, length) -> traits.get(column).see(text, offset, length));
        int categories = commonCategories(traits, declared);
        List<ColumnChoice> choices = new ArrayList<>();
        for (int i = 0; i < table.columns(); i++) {
            String name = table.columnName(i);
            choices.add(new ColumnChoice(name, traits.get(i), byName.get(name), coding));
        }
        if (choices.stream().anyMatch(ColumnChoice::needsCells)) {
            table.visit(
                    (column, text, offset, length) -> {
                        if (choices.get(column).needsCells()) {
                            choices.get(column).see(new String(text, offset, length));
                        }
                    });
        }
        List<InferredColumn> columns = new ArrayList<>();
        Set<String> strays = new HashSet<>();
        for (int i = 0; i < table.columns(); i++) {
            String name = table.columnName(i);
            if (categories > 0 && traits.get(i).cells() > 0) {
                columns.add(
                        new InferredColumn(
                                name,
                                ColumnType.CATEGORY,
                                "all numbers of the table are "
                                        + (categories == 2 ? "0 or 1" : "bytes"),
                                Column.categorical(name, categories)));
                continue;
            }
            ColumnChoice choice = choices.get(i);
            InferredColumn chosen = choice.choose();
            columns.add(chosen);
            choice.tell(chosen, table.file() + ": column '" + Shown.text(name) + "'", notes);
            if (choice.hasStrays()) {
                strays.add(name);
            }
        }
        return new TableInference(List.copyOf(columns), strays);
    }

    /** Categories that all columns have: of binary tables and of bytes; otherwise 0. */
    private static int commonCategories(List<ColumnTraits> traits, List<DeclaredColumn> declared) {
        if (!declared.isEmpty()) {
            return 0;
        }
        if (traits.stream().allMatch(ColumnTraits::isBinary)) {
            return 2;
        }
        return traits.stream().allMatch(ColumnTraits::isByte)
                        && traits.stream().anyMatch(ColumnTraits::reachesByteMaximum)
                ? BYTE_VALUES
                : 0;
    }

    /**
     * The schema of the columns that are modelled.
     *
     * @throws FileFormatException when none is
     */
    Schema schema(TextTable table) {
        List<Column> modelled =
                columns.stream().map(InferredColumn::column).filter(Objects::nonNull).toList();
        if (modelled.isEmpty()) {
            throw new FileFormatException(
                    table.file()
                            + " has no column to model: each is empty, counts the rows, or holds"
                            + " texts that all differ (--column NAME=TYPE to change that)");
        }
        return Schema.of(modelled);
    }

    private static Map<String, DeclaredColumn> byName(
            TextTable table, List<DeclaredColumn> declared) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < table.columns(); i++) {
            names.add(table.columnName(i));
        }
        Map<String, DeclaredColumn> byName = new LinkedHashMap<>();
        for (DeclaredColumn column : declared) {
            if (!names.contains(column.name())) {
                throw new InvalidArgumentException(
                        table.file()
                                + " has no column '"
                                + Shown.text(column.name())
                                + "': it has "
                                + Shown.list(names.stream().sorted().toList()));
            }
            if (byName.put(column.name(), column) != null) {
                throw new InvalidArgumentException(
                        "column '" + column.name() + "' is declared twice: declare it once");
            }
        }
        return byName;
    }
}
