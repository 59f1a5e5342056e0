package io.sluice.tables.measure;

/** Quantiles of sorted numbers, with linear interpolation between neighbours. */
final class Quantiles {
    private Quantiles() {}

    /**
     * A quantile.
     *
     * @param sorted ascending, at least one
     * @param share 0 for the smallest, 1 for the largest
     */
    static double of(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
