package io.sluice.data.format;

/** Follows which characters of a table stand inside quotes, whatever its separator is. */
final class Quotes {
    private boolean inside;
    private char before = '\n';

    /** Takes the next character; whether it stands inside quotes. */
    boolean next(char c) {
        boolean opens =
                "\n\r\t,;| \"".indexOf(before) >= 0; // a quote inside a cell is only a character
        if (c == '"' && (inside || opens)) {
            inside = !inside;
        }
        before = c;
        return inside;
    }
}
