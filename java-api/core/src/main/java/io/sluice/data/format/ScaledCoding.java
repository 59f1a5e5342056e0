package io.sluice.data.format;

import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;

import java.util.Arrays;

/**
 * Stores the numbers of each column as their distance from its median in units of its spread, so
 * that float32 cells hold a column that is far from zero, very large or very small as well as any
 * other. A constant column keeps its units.
 */
public final class ScaledCoding implements NumberCoding {
    private static final double TAIL = 0.1;

    @Override
    public ScaledNumbers code(String column, Quantity quantity, double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        double median = sorted[last / 2];
        double spread = sorted[(int) (last * (1 - TAIL))] - sorted[(int) (last * TAIL)];
        if (!(spread > 0)) {
            spread = sorted[last] - sorted[0]; // nearly constant: the exceptions give the unit
        }
        double scale = spread > 0 && Double.isFinite(spread) ? powerOfTwo(spread) : 1;
        return new ScaledNumbers(quantity, median, scale);
    }

    /** The largest power of two that is at most a number, which divides without rounding. */
    private static double powerOfTwo(double number) {
        return Math.max(Double.MIN_NORMAL, Math.scalb(1.0, Math.getExponent(number)));
    }
}
