package io.sluice.data.format;

/** What to do with a value that the schema lacks: an unknown label, code or word. */
public enum UnseenRule {
    /** End with an error that names row, column and value. */
    REFUSE,
    /** The cell counts as missing. */
    MISSING,
    /**
     * The row has probability zero. Its cell counts as missing here, and {@link
     * io.sluice.data.Dataset#hasUnseen} marks the row.
     */
    IMPOSSIBLE
}
