package io.sluice.data.format;

/** Text of cells, as in CSV files and messages. */
final class CellText {
    private CellText() {}

    /** Shortest text of a number: no fraction when it is an integer. */
    static String ofNumber(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    /** Shortest text that reads back as the same float32 number. */
    static String ofFloat(float number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Float.toString(number);
    }

    /** Whether a cell's text, without surrounding blanks, says that the cell is missing. */
    static boolean saysMissing(String text) {
        return text.isEmpty()
                || text.equals("?")
                || text.equals("NA")
                || text.equalsIgnoreCase("nan");
    }

    /** {@link #saysMissing(String)} of a piece of a character array. */
    static boolean saysMissing(char[] text, int offset, int length) {
        if (length > 3) {
            return false; // no word for "missing" is longer
        }
        if (length > 0 && text[offset] >= '0' && text[offset] <= '9') {
            return false; // the usual case, without making a string
        }
        return saysMissing(new String(text, offset, length));
    }
}
