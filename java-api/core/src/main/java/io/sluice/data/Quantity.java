package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

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

    private static final double NANOS_PER_SECOND = 1e9;

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
            case DATE -> formatter().format(LocalDate.ofEpochDay(Math.round(number)));
            case TIME ->
                    formatter()
                            .format(LocalTime.ofNanoOfDay(Math.round(number * NANOS_PER_SECOND)));
            case TIMESTAMP -> formatter().format(timestamp(number));
        };
    }

    private String real(double number) {
        BigDecimal rounded =
                BigDecimal.valueOf(number).setScale(decimals(resolution), RoundingMode.HALF_EVEN);
        BigDecimal bare = rounded.stripTrailingZeros();
        return (bare.scale() < 0 ? bare.setScale(0) : bare).toPlainString();
    }

    private static LocalDateTime timestamp(double seconds) {
        long whole = (long) Math.floor(seconds);
        long nanos = Math.round((seconds - whole) * NANOS_PER_SECOND);
        return LocalDateTime.ofEpochSecond(whole, 0, ZoneOffset.UTC).plusNanos(nanos);
    }

    private DateTimeFormatter formatter() {
        if (pattern == null) {
            return switch (kind) {
                case DATE -> DateTimeFormatter.ISO_LOCAL_DATE;
                case TIME -> DateTimeFormatter.ISO_LOCAL_TIME;
                default -> DateTimeFormatter.ISO_LOCAL_DATE_TIME;
            };
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    }

    /** The possible number nearest to another: a multiple of the resolution inside the range. */
    public double nearest(double number) {
        double inside = Math.min(Math.max(number, minimum), maximum);
        double rounded = minimum + Math.rint((inside - minimum) / resolution) * resolution;
        return Math.min(Math.max(rounded, minimum), maximum);
    }
}
