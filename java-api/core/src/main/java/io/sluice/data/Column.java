package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the cells of one column mean.
 *
 * @param name name of the column, not empty
 * @param kind whether cells are categories or real numbers
 * @param categories number of categories, at least 1; 0 when continuous. Cells hold codes {@code 0
 *     .. categories - 1}
 * @param labels text of each category by code, all different; empty when the code itself is the
 *     value, and when continuous
 * @param numbers how cells stand for numbers; null when cells are the values themselves
 */
public record Column(
        String name, Kind kind, int categories, List<String> labels, @Nullable Numbers numbers) {

    /** Integers from here on are written with an exponent. */
    private static final double LARGEST_PLAIN_INTEGER = 1e15;

    /** Kinds of columns. */
    public enum Kind {
        /** Finitely many values, without an order. */
        CATEGORICAL,
        /** Finite real numbers. */
        CONTINUOUS
    }

    /** Checks that the parts fit each other. */
    public Column {
        labels = List.copyOf(labels); // the same list when it is already immutable
        if (name.isEmpty()) {
            throw new InvalidArgumentException("a column has an empty name: give every column one");
        }
        if (kind == Kind.CONTINUOUS && (categories != 0 || !labels.isEmpty())) {
            throw new InvalidArgumentException(
                    "continuous column '"
                            + name
                            + "' has "
                            + Math.max(categories, labels.size())
                            + " categories: leave categories and labels out, or make it"
                            + " categorical");
        }
        if (kind == Kind.CATEGORICAL && categories < 1) {
            throw new InvalidArgumentException(
                    "categorical column '"
                            + name
                            + "' has "
                            + categories
                            + " categories, expected at least 1");
        }
        if (!labels.isEmpty() && labels.size() != categories) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' has "
                            + categories
                            + " categories and "
                            + labels.size()
                            + " labels: give one label for each category, or none");
        }
        boolean fits =
                switch (numbers) {
                    case null -> true;
                    case ScaledNumbers scaled -> kind == Kind.CONTINUOUS;
                    case BinnedNumbers binned ->
                            kind == Kind.CATEGORICAL
                                    && labels.isEmpty()
                                    && binned.bins().size() == categories;
                };
        if (!fits) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' and its numbers do not fit: scaled numbers are continuous, binned"
                            + " ones are categorical with one category for each bin and no labels");
        }
    }

    /** A column whose cells are the values themselves. */
    public Column(String name, Kind kind, int categories, List<String> labels) {
        this(name, kind, categories, labels, null);
    }

    /** A column whose cells are the integers {@code 0 .. categories - 1}. */
    public static Column categorical(String name, int categories) {
        return new Column(name, Kind.CATEGORICAL, categories, List.of());
    }

    /**
     * A column whose cells are one of some texts; the code of a text is its position.
     *
     * @throws InvalidArgumentException when there are no labels, or two are equal
     */
    public static Column categorical(String name, List<String> labels) {
        Set<String> seen = new HashSet<>();
        for (String label : labels) {
            if (!seen.add(label)) {
                throw new InvalidArgumentException(
                        "column '" + name + "' has the label '" + label + "' twice: labels differ");
            }
        }
        return new Column(name, Kind.CATEGORICAL, labels.size(), labels);
    }

    /** A column of finite real numbers. */
    public static Column continuous(String name) {
        return new Column(name, Kind.CONTINUOUS, 0, List.of());
    }

    /** A column of numbers that are stored as cells of another range. */
    public static Column of(String name, Numbers numbers) {
        return numbers instanceof BinnedNumbers binned
                ? new Column(name, Kind.CATEGORICAL, binned.bins().size(), List.of(), numbers)
                : new Column(name, Kind.CONTINUOUS, 0, List.of(), numbers);
    }

    /** Whether this column is categorical. */
    public boolean isCategorical() {
        return kind == Kind.CATEGORICAL;
    }

    /**
     * The text of a category: its label, or its code where there are no labels.
     *
     * @throws InvalidArgumentException when the column has no such category
     */
    public String label(int code) {
        if (code < 0 || code >= categories) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' has no category "
                            + code
                            + ": it has "
                            + categories
                            + ", counted from 0");
        }
        return labels.isEmpty() ? Integer.toString(code) : labels.get(code);
    }

    /**
     * The text of a cell: the label or code of a category, the shortest text that reads back as the
     * same float32 number, or the empty text of a missing cell.
     *
     * @param value as a data set holds it; NaN is a missing cell
     * @throws InvalidArgumentException when the column has no such category
     */
    public String text(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        if (numbers != null) {
            return numbers.quantity().text(numbers.number(value));
        }
        if (isCategorical()) {
            return label((int) value);
        }
        return value == Math.rint(value) && Math.abs(value) < LARGEST_PLAIN_INTEGER
                ? Long.toString((long) value)
                : Float.toString((float) value);
    }

    /** The same column under another name. */
    public Column withName(String changed) {
        return new Column(changed, kind, categories, labels, numbers);
    }
}
