package io.sluice.data.format;

import io.sluice.FileFormatException;

import java.nio.file.Path;

/** Sizes beyond which a file is refused before it can cost memory. */
final class DataLimits {
    /** Most columns of a table; each costs some hundred bytes of schema, however few rows. */
    static final int MAXIMUM_VARIABLES = 1 << 20;

    /** Most texts that one column's categories may have. */
    static final int MAXIMUM_LABELS = 1 << 16;

    /** Most characters of all texts that one column's categories may have. */
    static final int MAXIMUM_LABEL_CHARACTERS = 1 << 23;

    /** Most different tokens of a text. */
    static final int MAXIMUM_TOKENS = 1 << 20;

    /** Most bytes of a schema's text. */
    static final int MAXIMUM_SCHEMA_BYTES = 1 << 26;

    private DataLimits() {}

    /**
     * @throws FileFormatException when a file has no rows or no columns, or too many columns
     */
    static void requireTable(Path file, long rows, long variables) {
        if (rows < 1 || variables < 1) {
            throw new FileFormatException(
                    "'"
                            + file
                            + "' has "
                            + rows
                            + " rows of "
                            + variables
                            + " values: expected at least one of each");
        }
        if (variables > MAXIMUM_VARIABLES) {
            throw new FileFormatException(
                    "'"
                            + file
                            + "' has "
                            + variables
                            + " columns, expected at most "
                            + MAXIMUM_VARIABLES
                            + ": split its rows into shorter ones");
        }
    }
}
