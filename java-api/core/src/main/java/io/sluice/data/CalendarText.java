package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The texts of dates, times and timestamps, by a pattern in the letters of {@link
 * DateTimeFormatter}. Names of months are English. Timestamps with an offset from UTC are written
 * in UTC.
 *
 * <p>Immutable and safe to share between threads.
 */
final class CalendarText {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final int MOST_KNOWN = 1000;

    /** Formatters are costly to make, and quantities with the same pattern are made often. */
    private static final Map<Form, CalendarText> KNOWN = new ConcurrentHashMap<>();

    private record Form(Quantity.Kind kind, @Nullable String pattern) {}

    private final Quantity.Kind kind;
    private final DateTimeFormatter formatter;

    private CalendarText(Form form) {
        this.kind = form.kind;
        this.formatter = formatter(form);
    }

    /**
     * The texts of a pattern.
     *
     * @param kind DATE, TIME or TIMESTAMP
     * @param pattern null for the ISO form
     * @throws InvalidArgumentException when the pattern is none, or needs more than the kind has
     */
    static CalendarText of(Quantity.Kind kind, @Nullable String pattern) {
        Form form = new Form(kind, pattern);
        CalendarText known = KNOWN.get(form);
        if (known != null) {
            return known;
        }
        CalendarText made = new CalendarText(form);
        try {
            double some = made.parse(made.format(0));
            if (Double.isNaN(some)) {
                throw new DateTimeException("it does not read what it writes");
            }
        } catch (DateTimeException e) {
            throw refused(form, e);
        }
        if (KNOWN.size() < MOST_KNOWN) {
            KNOWN.put(form, made);
        }
        return made;
    }

    private static DateTimeFormatter formatter(Form form) {
        if (form.pattern == null) {
            return switch (form.kind) {
                case DATE -> DateTimeFormatter.ISO_LOCAL_DATE;
                case TIME -> DateTimeFormatter.ISO_LOCAL_TIME;
                default -> DateTimeFormatter.ISO_LOCAL_DATE_TIME;
            };
        }
        try {
            return new DateTimeFormatterBuilder()
                    .parseCaseInsensitive()
                    .appendPattern(form.pattern)
                    .parseDefaulting(ChronoField.ERA, 1) // for patterns with y instead of u
                    .toFormatter(Locale.ENGLISH)
                    .withResolverStyle(ResolverStyle.STRICT);
        } catch (IllegalArgumentException e) {
            throw refused(form, e);
        }
    }

    private static InvalidArgumentException refused(Form form, Exception cause) {
        return new InvalidArgumentException(
                "'"
                        + form.pattern
                        + "' is no pattern of a "
                        + form.kind.name().toLowerCase(Locale.ROOT)
                        + " ("
                        + cause.getMessage()
                        + "): give one such as dd.MM.uuuu, HH:mm or dd.MM.uuuu HH:mm",
                cause);
    }

    /**
     * Checks that numbers are dates or times.
     *
     * @throws InvalidArgumentException when one is not
     */
    void require(double minimum, double maximum) {
        try {
            format(minimum);
            format(maximum);
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidArgumentException(
                    "numbers from "
                            + minimum
                            + " to "
                            + maximum
                            + " are not each a "
                            + kind.name().toLowerCase(Locale.ROOT)
                            + " ("
                            + e.getMessage()
                            + "): give days from 1970, seconds of a day, or seconds from 1970",
                    e);
        }
    }

    /** The text of a number of days or seconds. */
    String format(double number) {
        return switch (kind) {
            case DATE -> formatter.format(LocalDate.ofEpochDay(Math.round(number)));
            case TIME ->
                    formatter.format(LocalTime.ofNanoOfDay(Math.round(number * NANOS_PER_SECOND)));
            default -> formatter.format(timestamp(number).atOffset(ZoneOffset.UTC));
        };
    }

    private static LocalDateTime timestamp(double seconds) {
        long whole = (long) Math.floor(seconds);
        long nanos = Math.round((seconds - whole) * MICROS_PER_SECOND) * 1000; // as a double is
        return LocalDateTime.ofEpochSecond(whole, 0, ZoneOffset.UTC).plusNanos(nanos);
    }

    /** The number of days or seconds that a text says; NaN when it says none. */
    double parse(String text) {
        ParsePosition at = new ParsePosition(0);
        TemporalAccessor fields = formatter.parseUnresolved(text, at); // no exception, so fast
        if (fields == null || at.getErrorIndex() >= 0 || at.getIndex() < text.length()) {
            return Double.NaN;
        }
        try {
            TemporalAccessor resolved = formatter.parse(text);
            return switch (kind) {
                case DATE -> LocalDate.from(resolved).toEpochDay();
                case TIME -> LocalTime.from(resolved).toNanoOfDay() / NANOS_PER_SECOND;
                default -> seconds(resolved);
            };
        } catch (DateTimeException e) {
            return Double.NaN; // such as 30 February
        }
    }

    private static double seconds(TemporalAccessor fields) {
        LocalDateTime local = LocalDateTime.from(fields);
        ZoneOffset offset =
                fields.isSupported(ChronoField.OFFSET_SECONDS)
                        ? OffsetDateTime.from(fields).getOffset()
                        : ZoneOffset.UTC;
        return local.toEpochSecond(offset)
                + fields.get(ChronoField.NANO_OF_SECOND) / NANOS_PER_SECOND;
    }
}
