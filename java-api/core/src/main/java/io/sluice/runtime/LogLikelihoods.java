package io.sluice.runtime;

/**
 * Log-likelihoods of the rows of a data set, in row order.
 *
 * @param values natural-log likelihood (nats) of each row; negative infinity for an impossible row.
 *     The array is the caller's
 * @param variables number of variables of a row
 */
public record LogLikelihoods(double[] values, int variables) {

    /** How many rows there are, and their mean. */
    @Override
    public String toString() {
        return values.length + " log-likelihoods, mean " + mean() + " nats";
    }

    /** Sum over the rows, in nats. */
    public double total() {
        double sum = 0;
        double lost = 0; // Kahan: the mean of a million rows keeps all its digits
        for (double value : values) {
            double y = value - lost;
            double next = sum + y;
            if (Double.isInfinite(next)) {
                return next;
            }
            lost = (next - sum) - y;
            sum = next;
        }
        return sum;
    }

    /** Mean over the rows, in nats per row; NaN when there are no rows. */
    public double mean() {
        return total() / values.length;
    }

    /** Negative mean log-likelihood in bits per variable; NaN when there are no rows. */
    public double bitsPerDimension() {
        return -mean() / (variables * Math.log(2));
    }
}
