package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the numbers of a column measure, in the user's units.
 *
 * @param kind what kind of number
 * @param resolution distance between neighbouring numbers of the column, over 0: 1 for whole
 *     numbers, 0.01 for amounts with two decimals
 * @param minimum smallest number that may be drawn or filled in
 * @param maximum largest number that may be drawn or filled in
 * @param pattern how dates and times are written, in the letters of {@link
 *     java.time.format.DateTimeFormatter}; null for numbers
 */
public record Quantity(
        Kind kind, double resolution, double minimum, double maximum, @Nullable String pattern) {

    /** Kinds of numbers. */
    public enum Kind {
        /** A real number. */
        REAL,
        /** A whole number: a count, a year, an amount without decimals. */
        WHOLE,
        /** A date, counted in days from 1970-01-01. */
        DATE,
        /** A time of day, in seconds from midnight. */
        TIME,
        /** A date with a time, in seconds from 1970-01-01T00:00, exact to the microsecond. */
        TIMESTAMP;

        /** Whether numbers of this kind are written as dates or times. */
        public boolean isCalendar() {
            return this == DATE || this == TIME || this == TIMESTAMP;
        }
    }

    /** Checks that the parts fit each other. */
    public Quantity {
        if (!(resolution > 0) || Double.isInfinite(resolution)) {
            throw new InvalidArgumentException(
                    "a resolution of " + resolution + ": give a finite number over 0");
        }
        if (!(minimum <= maximum) || Double.isInfinite(minimum) || Double.isInfinite(maximum)) {
            throw new InvalidArgumentException(
                    "numbers from "
                            + minimum
                            + " to "
                            + maximum
                            + ": give finite ends, the smaller one first");
        }
        if (pattern != null && !kind.isCalendar()) {
            throw new InvalidArgumentException(
                    "numbers with the pattern '" + pattern + "': only dates and times have one");
        }
        if (kind.isCalendar()) {
            CalendarText.of(kind, pattern).require(minimum, maximum);
        }
    }

    /** Digits after the decimal mark that numbers of this resolution have. */
    private static int decimals(double resolution) {
        return Math.max(
                0, new BigDecimal(Double.toString(resolution)).stripTrailingZeros().scale());
    }

    /** The text of a number: with the decimals of the resolution, or by the pattern. */
    public String text(double number) {
        return switch (kind) {
            case WHOLE -> BigDecimal.valueOf(Math.rint(number)).toBigInteger().toString();
            case REAL -> real(number);
            case DATE, TIME, TIMESTAMP -> CalendarText.of(kind, pattern).format(number);
        };
    }

    private String real(double number) {
        BigDecimal exact = BigDecimal.valueOf(number);
        BigDecimal rounded = exact.setScale(decimals(resolution), RoundingMode.HALF_EVEN);
        if (contains(number) && !contains(rounded.doubleValue())) {
            rounded = exact; // an end of the range that has more decimals than most numbers
        }
        BigDecimal bare = rounded.stripTrailingZeros();
        return (bare.scale() < 0 ? bare.setScale(0) : bare).toPlainString();
    }

    /**
     * The number that a text of this quantity says, in the form of {@link #text}; NaN when it says
     * none.
     */
    public double parse(String text) {
        if (kind.isCalendar()) {
            return CalendarText.of(kind, pattern).parse(text);
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Whether a number lies inside the range. */
    public boolean contains(double number) {
        return number >= minimum && number <= maximum;
    }

    /** The possible number nearest to another: a multiple of the resolution inside the range. */
    public double nearest(double number) {
        double inside = Math.min(Math.max(number, minimum), maximum);
        double rounded = minimum + Math.rint((inside - minimum) / resolution) * resolution;
        return Math.min(Math.max(rounded, minimum), maximum);
    }
}
