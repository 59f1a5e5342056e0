package io.sluice.circuit;

/**
 * What is known of a variable before learning starts.
 *
 * @param mean of its observed values
 * @param standardDeviation of them, over 0
 */
public record Marginal(double mean, double standardDeviation) {

    /** Of a variable of unit scale, when there are no data to look at. */
    public static final Marginal UNKNOWN = new Marginal(0, 1);
}
