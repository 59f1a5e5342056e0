package io.sluice.circuit;

/**
 * The marginal distribution of a variable in the data, for first parameters.
 *
 * @param mean of its observed values
 * @param standardDeviation of them, over 0
 */
public record Marginal(double mean, double standardDeviation) {

    /** The marginal of a variable of unit scale, for circuits without data. */
    public static final Marginal UNKNOWN = new Marginal(0, 1);
}
