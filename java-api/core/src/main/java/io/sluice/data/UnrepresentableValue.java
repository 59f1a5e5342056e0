package io.sluice.data;

import io.sluice.InvalidArgumentException;

import java.util.Locale;

/** The error for a value that a schema has no place for. */
public final class UnrepresentableValue {
    private static final int LABELS_SHOWN = 5;

    private UnrepresentableValue() {}

    /**
     * Makes the error.
     *
     * @param where the source, perhaps with a line number
     * @param row counted from 0
     * @param value as given
     */
    public static InvalidArgumentException inCell(
            String where, long row, Column column, int variable, String value) {
        return new InvalidArgumentException(
                where
                        + ": row "
                        + row
                        + ", column "
                        + variable
                        + " ('"
                        + column.name()
                        + "'): the value '"
                        + value
                        + "' cannot be represented, expected "
                        + expected(column)
                        + ": correct the cell, leave it empty if it is unknown, or use a schema"
                        + " that has the value");
    }

    private static String expected(Column column) {
        Numbers numbers = column.numbers();
        if (numbers != null && numbers.quantity().kind().isCalendar()) {
            Quantity quantity = numbers.quantity();
            return "a "
                    + quantity.kind().name().toLowerCase(Locale.ROOT)
                    + " such as "
                    + quantity.text(quantity.minimum());
        }
        if (numbers != null || !column.isCategorical()) {
            return "a finite number";
        }
        if (column.labels().isEmpty()) {
            return "an integer from 0 to " + (column.categories() - 1);
        }
        String shown =
                String.join(
                        ", ",
                        column.labels().subList(0, Math.min(LABELS_SHOWN, column.categories())));
        return column.categories() > LABELS_SHOWN
                ? "one of " + column.categories() + " labels (" + shown + ", ...)"
                : "one of: " + shown;
    }
}
