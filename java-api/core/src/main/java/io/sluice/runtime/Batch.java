package io.sluice.runtime;

import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Some rows of a data set, for one call of the kernels. Immutable. */
final class Batch {
    private final Dataset data;
    private final int @Nullable [] numbers; // null: consecutive rows
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

    /** At most {@code most} of the chosen rows, from index {@code from} on. */
    static Batch chosen(Dataset data, int[] rows, int from, int most) {
        int end = Math.min(rows.length, from + most);
        return new Batch(data, Arrays.copyOfRange(rows, from, end), 0, end - from);
    }

    /** The rows with these indices in this batch. */
    Batch chosen(int[] indices) {
        int[] rows = Arrays.stream(indices).map(this::row).toArray();
        return new Batch(data, rows, 0, rows.length);
    }

    Dataset data() {
        return data;
    }

    int count() {
        return count;
    }

    /** Numbers of the rows in the data set; null if they are consecutive. */
    int @Nullable [] numbers() {
        return numbers;
    }

    /** The first of consecutive rows. */
    long first() {
        return first;
    }

    /** Number in the data set of the row with an index in this batch. */
    int row(int index) {
        return numbers == null ? Math.toIntExact(first + index) : numbers[index];
    }

    /** Whether another batch has the same rows of the same data set in the same order. */
    boolean sameAs(Batch other) {
        return data == other.data
                && first == other.first
                && count == other.count
                && Arrays.equals(numbers, other.numbers);
    }
}
