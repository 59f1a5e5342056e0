package io.sluice.tables.measure;

import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.format.NumberCoding;

/**
 * Stores numbers in their own units, shifted where they are too far from zero for a float32 cell.
 * They come back exactly when their range has at most 2^24 steps of their resolution.
 */
public final class PlainCoding implements NumberCoding {
    private static final double MOST_EXACT_STEPS = 1 << 24;

    @Override
    public ScaledNumbers code(String column, Quantity quantity, double[] numbers) {
        return of(quantity);
    }

    /** The coding of a quantity. */
    public static ScaledNumbers of(Quantity quantity) {
        double largest = Math.max(Math.abs(quantity.minimum()), Math.abs(quantity.maximum()));
        boolean exact = largest / quantity.resolution() < MOST_EXACT_STEPS;
        return new ScaledNumbers(quantity, exact ? 0 : quantity.minimum(), 1);
    }
}
