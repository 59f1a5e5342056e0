package io.sluice.data.format;

/**
 * A cell of a table, as text.
 *
 * @param raw its characters without quotes, with the blanks around it; empty and not quoted where a
 *     format says that there is no value
 * @param quoted whether it stands in quotes; in a format with types, whether it is a text (or a
 *     date or time) rather than a number or truth value
 */
public record TableCell(String raw, boolean quoted) {
    static final TableCell MISSING = new TableCell("", false);

    /** The text that is read: without the blanks around it, unless it is quoted. */
    public String text() {
        return quoted ? raw : raw.trim(); // trims what the scanner trims
    }
}
