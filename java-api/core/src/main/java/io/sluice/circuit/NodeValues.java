package io.sluice.circuit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The numbers of a node in a table {@code [rows][nodes]}: its parameters, or its statistics. A
 * view: it changes with the table behind it and is as thread-safe as that table.
 */
public sealed interface NodeValues {

    /** Index of the node in its vector. */
    int node();

    /** The number in a row. */
    double get(int row);

    /** Replaces the number in a row; a table of float32 numbers rounds it. */
    void set(int row, double value);

    /**
     * The numbers of a node in a table on the heap.
     *
     * @param table {@code [rows][nodes]}
     */
    static NodeValues of(double[] table, int nodes, int node) {
        return new OfDoubles(table, nodes, node);
    }

    /**
     * The numbers of a node in a table of float32 numbers in native byte order.
     *
     * @param table {@code [rows][nodes]}
     */
    static NodeValues of(MemorySegment table, int nodes, int node) {
        return new OfFloats(table, nodes, node);
    }

    /** A column of a table on the heap. */
    record OfDoubles(double[] table, int nodes, int node) implements NodeValues {
        @Override
        public double get(int row) {
            return table[row * nodes + node];
        }

        @Override
        public void set(int row, double value) {
            table[row * nodes + node] = value;
        }
    }

    /** A column of a table outside the heap. */
    record OfFloats(MemorySegment table, int nodes, int node) implements NodeValues {
        @Override
        public double get(int row) {
            return table.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * nodes + node);
        }

        @Override
        public void set(int row, double value) {
            table.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * nodes + node, (float) value);
        }
    }
}
