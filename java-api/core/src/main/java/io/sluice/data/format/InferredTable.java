package io.sluice.data.format;

import java.util.List;

/**
 * What the columns of a table were found to hold.
 *
 * @param columns in their order, those that models do not see too
 * @param notes what is doubtful, one sentence each
 */
public record InferredTable(List<InferredColumn> columns, List<String> notes) {

    /** Copies the lists. */
    public InferredTable {
        columns = List.copyOf(columns);
        notes = List.copyOf(notes);
    }
}
