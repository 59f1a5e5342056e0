package io.sluice.data;

import io.sluice.InvalidArgumentException;

/**
 * Numbers stored as their distance from an offset, in units of a scale: {@code number = offset +
 * scale * cell}. Cells are float32, numbers are not: with an offset in the middle of the column and
 * its spread as the scale, a column far from zero loses nothing.
 *
 * @param quantity what the numbers measure
 * @param offset the number that the cell 0 stands for
 * @param scale units of the number in a unit of the cell, over 0
 */
public record ScaledNumbers(Quantity quantity, double offset, double scale) implements Numbers {

    /** Checks the ranges. */
    public ScaledNumbers {
        if (!Double.isFinite(offset) || !Double.isFinite(scale) || !(scale > 0)) {
            throw new InvalidArgumentException(
                    "numbers with offset "
                            + offset
                            + " and scale "
                            + scale
                            + ": give finite ones, the scale over 0");
        }
    }

    @Override
    public double cell(double number) {
        return (number - offset) / scale;
    }

    @Override
    public double number(double cell) {
        return quantity.nearest(offset + scale * cell);
    }

    @Override
    public double draw(double cell, double uniform) {
        return number(cell);
    }

    @Override
    public double logWidth(double cell) {
        return Math.log(scale);
    }
}
