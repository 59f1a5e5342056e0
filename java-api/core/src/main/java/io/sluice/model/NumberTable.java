package io.sluice.model;

import java.util.Arrays;

/** Rows of numbers of any lengths, growing as a file is read. */
final class NumberTable {
    private double[] values = new double[16];
    private int[] rowEnd = new int[8];
    private int rows;
    private int size;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.multiplyExact(size, 2));
        }
        values[size++] = value;
    }

    void endRow() {
        if (rows == rowEnd.length) {
            rowEnd = Arrays.copyOf(rowEnd, Math.multiplyExact(rows, 2));
        }
        rowEnd[rows++] = size;
    }

    int rows() {
        return rows;
    }

    int length(int row) {
        return rowEnd[row] - start(row);
    }

    double get(int row, int column) {
        return values[start(row) + column];
    }

    private int start(int row) {
        return row == 0 ? 0 : rowEnd[row - 1];
    }
}
