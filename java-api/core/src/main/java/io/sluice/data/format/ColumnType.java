package io.sluice.data.format;

import java.util.Locale;

/** What a column of a table holds, as its user sees it. */
public enum ColumnType {
    /** One of some texts. */
    CATEGORY,
    /** {@code true} or {@code false}, {@code yes} or {@code no}; a category for models. */
    BOOLEAN,
    /** A whole number: a count, a year, an amount without decimals. */
    WHOLE,
    /** A real number. */
    REAL,
    /** A date. */
    DATE,
    /** A time of day. */
    TIME,
    /** A date with a time. */
    TIMESTAMP,
    /** An identifier, free text, or nothing: kept in files, never modelled. */
    IGNORE;

    /** The name as users write it. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the values are written as dates or times. */
    public boolean isCalendar() {
        return this == DATE || this == TIME || this == TIMESTAMP;
    }
}
