package io.sluice.circuit;

import java.util.random.RandomGenerator;

/**
 * The distribution of an input node, made by an {@link InputFamily} from the node's parameters.
 * Immutable; it may precompute what several calls need. Densities of discrete distributions are
 * probabilities.
 */
public interface Distribution {

    /**
     * Natural logarithm of the density at a value that the family accepts; negative infinity where
     * the density is zero.
     */
    double logDensity(double value);

    /** The most probable value, the smallest of several; NaN if there is none. */
    double mode();

    /**
     * Natural logarithm of the density at the mode, rounded to the float32 that a cell holds; 0
     * where there is no mode.
     */
    default double logDensityOfMode() {
        double mode = (float) mode();
        return Double.isNaN(mode) ? 0 : logDensity(mode);
    }

    /** Expected value; for categories, that of their indices; NaN if there is none. */
    double mean();

    /** Variance, at least 0; NaN if there is none. */
    double variance();

    /** Probability of a value up to the given one, from 0 to 1; NaN if values have no order. */
    double cumulative(double value);

    /** Draws a value; NaN if none can be drawn: the cell stays missing. */
    double draw(RandomGenerator random);
}
