package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Infers the schema of a text table. Integers with at most 32 different values are categorical:
 * coded as they are when they start at 0 and are small, otherwise with labels. Texts are
 * categorical with labels in alphabetical order, and so are integers with leading zeros. Other
 * numbers are continuous; a few stray texts among them count as missing. A column without values,
 * and one of texts that all differ, is left out. A table that holds nothing but the integers 0 to
 * 255, and 255 somewhere, is one of bytes: every column has 256 categories.
 *
 * @param strays names of the columns whose stray texts count as missing
 */
record TableInference(Schema schema, Set<String> strays) {
    private static final int BYTE_VALUES = 256;

    static TableInference of(TextTable table, @Nullable NumberCoding coding, Notes notes) {
        List<ColumnTraits> traits = new ArrayList<>();
        for (int i = 0; i < table.columns(); i++) {
            traits.add(new ColumnTraits(table.decimal(), coding != null));
        }
        table.visit((column, text, offset, length) -> traits.get(column).see(text, offset, length));
        if (traits.stream().anyMatch(ColumnTraits::isText)) {
            table.visit(
                    (column, text, offset, length) -> {
                        if (traits.get(column).isText()) {
                            traits.get(column).seeLabel(new String(text, offset, length));
                        }
                    });
        }
        boolean bytes =
                traits.stream().allMatch(ColumnTraits::isByte)
                        && traits.stream().anyMatch(ColumnTraits::reachesByteMaximum);
        List<Column> columns = new ArrayList<>();
        Set<String> strays = new HashSet<>();
        for (int i = 0; i < traits.size(); i++) {
            ColumnTraits seen = traits.get(i);
            String name = table.columnName(i);
            String shown = table.file() + ": column '" + Shown.text(name) + "'";
            @Nullable String reason = seen.reasonToLeaveOut();
            if (reason != null) {
                notes.add(shown + " " + reason + " and is left out (--schema to keep it)");
                continue;
            }
            seen.tell(shown, notes);
            columns.add(bytes ? Column.categorical(name, BYTE_VALUES) : seen.suggest(name, coding));
            if (seen.hasStrays()) {
                strays.add(name);
            }
        }
        if (columns.isEmpty()) {
            throw new FileFormatException(
                    table.file()
                            + " has no column to model: each is empty, or holds texts that all"
                            + " differ");
        }
        return new TableInference(Schema.of(columns), strays);
    }
}
