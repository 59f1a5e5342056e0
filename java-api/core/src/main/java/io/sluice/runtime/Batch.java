package io.sluice.runtime;

import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Some rows of a data set, for one call of the kernels. Immutable. */
final class Batch {
    private final Dataset data;
    private final int @Nullable [] numbers; // null: consecutive ones
    private final long first;
    private final int count;

    private Batch(Dataset data, int @Nullable [] numbers, long first, int count) {
        this.data = data;
        this.numbers = numbers;
        this.first = first;
        this.count = count;
    }

    /** The rows {@code first} to {@code first + count - 1}. */
    static Batch consecutive(Dataset data, long first, int count) {
        return new Batch(data, null, first, count);
    }

    /** At most so many of the chosen rows, from a place among them on. */
    static Batch chosen(Dataset data, int[] rows, int from, int most) {
        int end = Math.min(rows.length, from + most);
        return new Batch(data, Arrays.copyOfRange(rows, from, end), 0, end - from);
    }

    /** The rows at some places of this batch. */
    Batch chosen(int[] places) {
        int[] rows = Arrays.stream(places).map(this::row).toArray();
        return new Batch(data, rows, 0, rows.length);
    }

    Dataset data() {
        return data;
    }

    int count() {
        return count;
    }

    /** Numbers of the rows, or null when they are consecutive. */
    int @Nullable [] numbers() {
        return numbers;
    }

    /** The first of consecutive rows. */
    long first() {
        return first;
    }

    /** Number of the row at a place. */
    int row(int place) {
        return numbers == null ? Math.toIntExact(first + place) : numbers[place];
    }

    /** Whether another batch has the same rows of the same data set in the same order. */
    boolean sameAs(Batch other) {
        return data == other.data
                && first == other.first
                && count == other.count
                && Arrays.equals(numbers, other.numbers);
    }
}
