package io.sluice.data.format;

import io.sluice.data.Quantity;

import java.util.Arrays;

/** The numbers of a column, and the decimals that they have. */
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

    /** Share of the numbers that lie on the grid of the resolution; results of divisions do not. */
    private static final double SHARE_ON_GRID = 0.9;

    private double[] numbers = new double[FIRST];
    private int count;
    private final int[] ofDecimals = new int[MOST_DECIMALS + 1]; // how many numbers have so many

    void add(double number) {
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = number;
        int decimals = 0;
        while (decimals < MOST_DECIMALS && !isRounded(number, decimals)) {
            decimals++;
        }
        ofDecimals[decimals]++;
    }

    private int decimals() {
        int decimals = 0;
        for (int with = ofDecimals[0]; with < SHARE_ON_GRID * count; with += ofDecimals[decimals]) {
            decimals++;
        }
        return decimals;
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
        int decimals = decimals();
        double finest = Math.ulp(Math.max(Math.abs(minimum), Math.abs(maximum)));
        return new Quantity(
                ofDecimals[0] == count ? Quantity.Kind.WHOLE : Quantity.Kind.REAL,
                Math.max(1 / POWERS[decimals], finest),
                minimum,
                maximum,
                null);
    }
}
