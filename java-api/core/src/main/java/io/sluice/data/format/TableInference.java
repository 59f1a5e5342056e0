package io.sluice.data.format;

import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Infers the schema of text tables that belong together. Integers with at most 32 different values
 * are categorical: coded as they are when they start at 0 and are small, otherwise with labels.
 * Texts are categorical with labels in alphabetical order. Other numbers are continuous. A table
 * that holds nothing but the integers 0 to 255, and 255 somewhere, is one of bytes: every column
 * has 256 categories.
 */
final class TableInference {
    private static final int BYTE_VALUES = 256;

    private final List<ColumnTraits> traits = new ArrayList<>();
    private final List<TextTable> tables;

    private TableInference(List<TextTable> tables) {
        this.tables = tables;
    }

    static Schema infer(List<TextTable> tables) {
        return new TableInference(tables).infer();
    }

    private Schema infer() {
        for (int i = 0; i < tables.get(0).columns(); i++) {
            traits.add(new ColumnTraits());
        }
        for (TextTable table : tables) {
            table.visit(
                    (column, text, offset, length) -> traits.get(column).see(text, offset, length));
        }
        if (traits.stream().anyMatch(ColumnTraits::isText)) {
            tables.forEach(this::collectLabels);
        }
        boolean bytes =
                traits.stream().allMatch(ColumnTraits::isByte)
                        && traits.stream().anyMatch(ColumnTraits::reachesByteMaximum);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < traits.size(); i++) {
            String name = tables.get(0).columnName(i);
            columns.add(
                    bytes ? Column.categorical(name, BYTE_VALUES) : traits.get(i).suggest(name));
        }
        return Schema.of(columns);
    }

    private void collectLabels(TextTable table) {
        table.visit(
                (column, text, offset, length) -> {
                    ColumnTraits seen = traits.get(column);
                    if (seen.isText()) {
                        seen.seeLabel(
                                table.file(),
                                table.columnName(column),
                                new String(text, offset, length));
                    }
                });
    }
}
