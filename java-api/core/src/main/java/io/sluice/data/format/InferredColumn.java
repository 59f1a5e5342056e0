package io.sluice.data.format;

import io.sluice.data.Column;

import org.jspecify.annotations.Nullable;

/**
 * What a column of a table was found to hold.
 *
 * @param name of the column
 * @param type what it holds
 * @param reason why it is of this type, in a few words
 * @param column what models see of it; null when it is ignored
 */
public record InferredColumn(String name, ColumnType type, String reason, @Nullable Column column) {

    /** A column of a format that says what it holds. */
    static InferredColumn ofFormat(Column column) {
        return new InferredColumn(
                column.name(),
                column.isCategorical() ? ColumnType.CATEGORY : ColumnType.REAL,
                "the format says so",
                column);
    }
}
