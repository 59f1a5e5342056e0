package io.sluice.circuit;

import java.util.random.RandomGenerator;

/**
 * The distribution of one input node: what an {@link InputFamily} makes of the node's parameters.
 * Immutable, and free to precompute what several calls need. Densities of discrete distributions
 * are probabilities.
 */
public interface Distribution {

    /**
     * Natural logarithm of the density at a value that the family accepts; negative infinity where
     * the density is zero.
     */
    double logDensity(double value);

    /** The most probable value, the smallest of several; NaN where there is none. */
    double mode();

    /**
     * Natural logarithm of the density at the mode, rounded to the float32 that a cell holds; 0
     * where there is no mode.
     */
    default double logDensityOfMode() {
        double mode = (float) mode();
        return Double.isNaN(mode) ? 0 : logDensity(mode);
    }

    /** Expected value; of categories, of their numbers; NaN where there is none. */
    double mean();

    /** Variance, at least 0; NaN where there is none. */
    double variance();

    /** Probability of a value up to the given one, from 0 to 1; NaN where there is no order. */
    double cumulative(double value);

    /** Draws a value; NaN where none can be drawn, which leaves a cell missing. */
    double draw(RandomGenerator random);
}
