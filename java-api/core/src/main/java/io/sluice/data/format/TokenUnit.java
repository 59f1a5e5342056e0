package io.sluice.data.format;

/** What a token of plain text is. */
public enum TokenUnit {
    /** One Unicode code point, blanks and line ends included. */
    CHAR,
    /** A run of characters between blanks; the token {@code <eos>} ends each line. */
    WORD
}
