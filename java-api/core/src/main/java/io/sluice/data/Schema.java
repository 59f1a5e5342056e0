package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What the columns of a data set mean. Column {@code v} describes variable {@code v}.
 *
 * @param columns one for each variable, at least one
 * @param image shape of the image that a row is; null when rows are no images
 */
public record Schema(List<Column> columns, @Nullable ImageShape image) {

    /** Most categories whose codes a float32 cell holds exactly. */
    private static final int MAXIMUM_CATEGORIES_IN_FLOATS = 1 << 24;

    private static final int MAXIMUM_CATEGORIES_IN_BYTES = 256;

    /** Checks that the parts fit each other. */
    public Schema {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new InvalidArgumentException("a schema has no columns, expected at least one");
        }
        if (image != null && image.variables() != columns.size()) {
            throw new InvalidArgumentException(
                    "a schema has "
                            + columns.size()
                            + " columns and images of "
                            + image.variables()
                            + " variables: these must be equal");
        }
        if (elementType(columns) == Dataset.ElementType.F32) {
            for (Column column : columns) {
                if (column.categories() > MAXIMUM_CATEGORIES_IN_FLOATS) {
                    throw new InvalidArgumentException(
                            "column '"
                                    + column.name()
                                    + "' has "
                                    + column.categories()
                                    + " categories, expected at most "
                                    + MAXIMUM_CATEGORIES_IN_FLOATS
                                    + " beside continuous columns");
                }
            }
        }
    }

    /** A schema that is no image. */
    public static Schema of(List<Column> columns) {
        return new Schema(columns, null);
    }

    /** Columns {@code x0, x1, ...} of integers {@code 0 .. categories - 1}. */
    public static Schema categorical(int variables, int categories) {
        return of(
                IntStream.range(0, variables)
                        .mapToObj(v -> Column.categorical("x" + v, categories))
                        .toList());
    }

    /** Columns {@code x0, x1, ...} of real numbers. */
    public static Schema continuous(int variables) {
        return of(IntStream.range(0, variables).mapToObj(v -> Column.continuous("x" + v)).toList());
    }

    /** Images whose channels take the integers {@code 0 .. categories - 1}. */
    public static Schema image(ImageShape shape, int categories) {
        return new Schema(categorical(shape.variables(), categories).columns(), shape);
    }

    /** Number of variables. */
    public int variables() {
        return columns.size();
    }

    /**
     * Column of a variable.
     *
     * @throws InvalidArgumentException when there is no such variable
     */
    public Column column(int variable) {
        if (variable < 0 || variable >= columns.size()) {
            throw new InvalidArgumentException(
                    "there is no variable "
                            + variable
                            + ": the schema has "
                            + columns.size()
                            + ", counted from 0");
        }
        return columns.get(variable);
    }

    /**
     * How cells under this schema are stored: bytes when every column has at most 256 categories,
     * 32-bit integers when every column is categorical, otherwise float32.
     */
    public Dataset.ElementType elementType() {
        return elementType(columns);
    }

    private static Dataset.ElementType elementType(List<Column> columns) {
        int most = 0;
        for (Column column : columns) {
            if (!column.isCategorical()) {
                return Dataset.ElementType.F32;
            }
            most = Math.max(most, column.categories());
        }
        return most <= MAXIMUM_CATEGORIES_IN_BYTES
                ? Dataset.ElementType.U8
                : Dataset.ElementType.I32;
    }
}
