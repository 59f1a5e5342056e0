package io.sluice.leaf;

import io.sluice.InvalidArgumentException;

import java.util.function.DoublePredicate;

/** The numbers that were supplied for the items of a variable. */
record SuppliedItems(double[][] rows) {

    static final SuppliedItems NONE = new SuppliedItems(new double[0][]);

    /**
     * Checks items.
     *
     * @param width number of numbers of each item; -1 for any
     */
    static SuppliedItems checked(
            double[][] rows, int width, String what, DoublePredicate possible, String expected) {
        for (int item = 0; item < rows.length; item++) {
            int wanted = width < 0 ? rows[0].length : width;
            if (rows[item].length != wanted) {
                throw new InvalidArgumentException(
                        "item "
                                + item
                                + " has "
                                + rows[item].length
                                + " "
                                + what
                                + ": give each item "
                                + wanted);
            }
            for (double value : rows[item]) {
                if (!possible.test(value)) {
                    throw new InvalidArgumentException(
                            "item "
                                    + item
                                    + " has "
                                    + value
                                    + " among its "
                                    + what
                                    + ": give "
                                    + expected);
                }
            }
        }
        return new SuppliedItems(rows);
    }

    int count() {
        return rows.length;
    }

    /** Whether a number is the index of an item. */
    boolean has(double number) {
        return number >= 0 && number < rows.length && number == Math.rint(number);
    }

    double get(double item, int column) {
        return rows[(int) item][column];
    }
}
