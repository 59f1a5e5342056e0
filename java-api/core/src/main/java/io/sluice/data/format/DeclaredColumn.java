package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a user says of a column of a table, where it is not left to inference.
 *
 * @param name of the column
 * @param type what it holds
 * @param labels the texts of a category or boolean, in their order; empty to take those that occur
 * @param pattern how dates and times are written, in the letters of {@link
 *     java.time.format.DateTimeFormatter}; null to find out
 * @param minimum smallest possible number; null for the smallest that occurs
 * @param maximum largest possible number; null for the largest that occurs
 */
public record DeclaredColumn(
        String name,
        ColumnType type,
        List<String> labels,
        @Nullable String pattern,
        @Nullable Double minimum,
        @Nullable Double maximum) {

    /** Checks that the parts fit each other. */
    public DeclaredColumn {
        labels = List.copyOf(labels);
        boolean texts = type == ColumnType.CATEGORY || type == ColumnType.BOOLEAN;
        boolean number = type == ColumnType.WHOLE || type == ColumnType.REAL;
        require(labels.isEmpty() || texts, name, type, "labels", "a category");
        require(pattern == null || type.isCalendar(), name, type, "a pattern", "dates and times");
        require(
                (minimum == null && maximum == null) || number,
                name,
                type,
                "a minimum or maximum",
                "numbers");
        if (type == ColumnType.BOOLEAN && labels.size() > 2) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' is boolean and has "
                            + labels.size()
                            + " labels: give two, or make it a category");
        }
        if (pattern != null) {
            // refuses what is no pattern
            new Quantity(Quantity.Kind.valueOf(type.name()), 1, 0, 0, pattern);
        }
    }

    /** A column of a type, with everything else as it is found. */
    public DeclaredColumn(String name, ColumnType type) {
        this(name, type, List.of(), null, null, null);
    }

    private static void require(
            boolean holds, String name, ColumnType type, String what, String whose) {
        if (!holds) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' of type "
                            + type.title()
                            + " is given "
                            + what
                            + ", which only "
                            + whose
                            + (whose.startsWith("a ") ? " has" : " have")
                            + ": leave that out");
        }
    }
}
