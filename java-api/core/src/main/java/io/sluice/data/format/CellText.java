package io.sluice.data.format;

import java.util.Set;

/** Text of cells, as in tables and messages. */
final class CellText {
    private static final Set<String> MISSING =
            Set.of("", "?", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None");
    private static final int LONGEST_MISSING = 4;

    private CellText() {}

    /** Shortest text of a number: no fraction when it is an integer. */
    static String ofNumber(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    /** Whether a cell's text, without surrounding blanks, says that the cell is missing. */
    static boolean saysMissing(String text) {
        return text.length() <= LONGEST_MISSING
                && (MISSING.contains(text) || text.equalsIgnoreCase("nan"));
    }

    /** {@link #saysMissing(String)} of a piece of a character array. */
    static boolean saysMissing(char[] text, int offset, int length) {
        if (length > LONGEST_MISSING) {
            return false;
        }
        if (length > 0 && text[offset] >= '0' && text[offset] <= '9') {
            return false; // the usual case, without making a string
        }
        return saysMissing(new String(text, offset, length));
    }
}
