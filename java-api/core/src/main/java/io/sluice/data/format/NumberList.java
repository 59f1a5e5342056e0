package io.sluice.data.format;

import io.sluice.data.Quantity;

import java.util.Arrays;

/** The numbers of a column, and the fewest decimals that all of them have. */
final class NumberList {
    private static final int FIRST = 1024;

    /** Columns of more decimals have no step that matters. */
    private static final int MOST_DECIMALS = 12;

    private static final double[] POWERS = new double[MOST_DECIMALS + 1];

    static {
        for (int d = 0; d <= MOST_DECIMALS; d++) {
            POWERS[d] = Math.pow(10, d);
        }
    }

    private double[] numbers = new double[FIRST];
    private int count;
    private int decimals;

    void add(double number) {
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = number;
        while (decimals < MOST_DECIMALS && !isRounded(number, decimals)) {
            decimals++;
        }
    }

    /** Whether a number is the double that is nearest to one with so many decimals. */
    private static boolean isRounded(double number, int decimals) {
        return Math.rint(number * POWERS[decimals]) / POWERS[decimals] == number;
    }

    double[] toArray() {
        return Arrays.copyOf(numbers, count);
    }

    /** What the numbers measure, as far as they tell. */
    Quantity quantity(double minimum, double maximum) {
        double finest = Math.ulp(Math.max(Math.abs(minimum), Math.abs(maximum)));
        return new Quantity(
                decimals == 0 ? Quantity.Kind.WHOLE : Quantity.Kind.REAL,
                Math.max(1 / POWERS[decimals], finest),
                minimum,
                maximum,
                null);
    }
}
