package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

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
        /** A date with a time, in seconds from 1970-01-01T00:00. */
        TIMESTAMP
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
    }

    /** The possible number nearest to another: a multiple of the resolution inside the range. */
    public double nearest(double number) {
        double inside = Math.min(Math.max(number, minimum), maximum);
        double rounded = minimum + Math.rint((inside - minimum) / resolution) * resolution;
        return Math.min(Math.max(rounded, minimum), maximum);
    }
}
