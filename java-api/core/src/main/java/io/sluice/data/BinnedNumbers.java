package io.sluice.data;

import io.sluice.InvalidArgumentException;

import java.util.List;

/**
 * Numbers stored as the code of the bin that they fall into, so that a column of any distribution
 * (with spikes, ends where many rows pile up, long tails) is a categorical variable. Inside a bin
 * the density is uniform.
 *
 * @param quantity what the numbers measure
 * @param bins at least one, each beginning where the one before ends; numbers outside belong to the
 *     first or the last bin
 */
public record BinnedNumbers(Quantity quantity, List<Bin> bins) implements Numbers {

    /**
     * A range of numbers.
     *
     * @param from lower end, inclusive
     * @param to upper end, exclusive, over {@code from}
     * @param lowest smallest number that is drawn from the bin
     * @param highest largest number that is drawn from the bin
     * @param typical the number that stands for the bin
     */
    public record Bin(double from, double to, double lowest, double highest, double typical) {}

    /** Checks that the bins follow each other. */
    public BinnedNumbers {
        bins = List.copyOf(bins);
        if (bins.isEmpty()) {
            throw new InvalidArgumentException("no bins: give at least one");
        }
        for (int k = 0; k < bins.size(); k++) {
            Bin bin = bins.get(k);
            boolean follows = k == 0 || bins.get(k - 1).to() == bin.from();
            if (!(bin.from() < bin.to()) || !follows) {
                throw new InvalidArgumentException(
                        "bin "
                                + k
                                + " goes from "
                                + bin.from()
                                + " to "
                                + bin.to()
                                + ": each begins where the one before ends, and ends later");
            }
        }
    }

    @Override
    public double cell(double number) {
        int low = 0;
        int high = bins.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (number < bins.get(middle).to()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    @Override
    public double number(double cell) {
        return quantity.nearest(bins.get((int) cell).typical());
    }

    @Override
    public double draw(double cell, double uniform) {
        Bin bin = bins.get((int) cell);
        return quantity.nearest(bin.lowest() + uniform * (bin.highest() - bin.lowest()));
    }

    @Override
    public double logWidth(double cell) {
        Bin bin = bins.get((int) cell);
        return Math.log(bin.to() - bin.from());
    }
}
