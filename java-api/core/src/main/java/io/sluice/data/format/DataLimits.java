package io.sluice.data.format;

import io.sluice.FileFormatException;

import java.nio.file.Path;

/** Sizes beyond which a file is refused before it can cost memory. */
final class DataLimits {
    /** Most columns of a table; each costs some hundred bytes of schema, however few rows. */
    static final int MAXIMUM_VARIABLES = 1 << 20;

    /** Most texts that one column's categories may have. */
    static final int MAXIMUM_LABELS = 1 << 16;

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
