package io.sluice.compile;

import java.util.Arrays;

/** A growing array of integers. */
final class IntList {
    private static final int FIRST_CAPACITY = 64;

    private int[] items = new int[FIRST_CAPACITY];
    private int size;

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, Math.multiplyExact(size, 2));
        }
        items[size++] = item;
    }

    int get(int index) {
        return items[index];
    }

    void set(int index, int item) {
        items[index] = item;
    }

    int removeLast() {
        return items[--size];
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }
}
