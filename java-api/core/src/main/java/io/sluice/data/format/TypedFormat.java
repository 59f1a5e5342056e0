package io.sluice.data.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A format of table files in which columns have names, and values have types. {@link
 * java.util.ServiceLoader} finds the formats of other modules. Implementations are stateless.
 */
public interface TypedFormat {

    /** The endings of the names of such files, with their dots; the first is the usual one. */
    List<String> endings();

    /** Whether a file that starts with some bytes, at most 8, is of this format. */
    boolean isStartedBy(byte[] head);

    /**
     * The columns of a file.
     *
     * @throws io.sluice.FileFormatException when the file is damaged, or has a column that no table
     *     can hold, by its name
     */
    List<TypedColumn> columns(Path file);

    /**
     * Visits the rows of a file in their order.
     *
     * @param columns as {@link #columns} gives them
     * @throws io.sluice.FileFormatException when the file is damaged
     */
    void scan(Path file, List<TypedColumn> columns, Rows rows);

    /**
     * Starts to write a table.
     *
     * @param out stays open
     */
    Sink sink(OutputStream out, List<TypedColumn> columns) throws IOException;

    /** What receives rows. */
    @FunctionalInterface
    interface Rows {
        /**
         * A row.
         *
         * @param cells one for each column
         * @return whether to go on
         */
        boolean row(List<TableCell> cells);
    }

    /** What writes rows. */
    interface Sink {
        /**
         * Writes a row.
         *
         * @param cells one for each column
         * @throws io.sluice.InvalidArgumentException naming column and value, when a column cannot
         *     hold a value
         */
        void row(List<TableCell> cells) throws IOException;

        /** Writes what follows the last row. */
        void finish() throws IOException;
    }
}
