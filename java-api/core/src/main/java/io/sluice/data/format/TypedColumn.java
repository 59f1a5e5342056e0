package io.sluice.data.format;

/**
 * A column of a file whose format gives columns names and types.
 *
 * @param name its name, not empty
 * @param kind what its values are
 * @param detail how the format stores them, in its own words; empty for its usual way
 */
public record TypedColumn(String name, Kind kind, String detail) {

    /** Kinds of values, and the texts that stand for them in {@link TableCell}. */
    public enum Kind {
        /** Any text. */
        TEXT,
        /** {@code true} or {@code false}. */
        TRUTH,
        /** A whole number of at most 64 bits, in decimal digits. */
        WHOLE,
        /** A number, with a decimal point. */
        REAL,
        /** An ISO date. */
        DATE,
        /** An ISO time of day. */
        TIME,
        /** An ISO date and time without a zone. */
        TIMESTAMP;

        /** Whether texts of this kind are numbers or truth values. */
        public boolean isBare() {
            return this == TRUTH || this == WHOLE || this == REAL;
        }
    }

    /** A column that is stored in the usual way. */
    public TypedColumn(String name, Kind kind) {
        this(name, kind, "");
    }
}
