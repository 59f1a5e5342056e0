package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Marginal;

import java.util.random.RandomGenerator;

/** Code that families over positive numbers share. */
final class PositiveNumbers {
    private PositiveNumbers() {}

    /** A float32 cell cannot hold every larger count. */
    static final double LARGEST_COUNT = 1 << 24;

    static void checkSetting(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InvalidArgumentException(
                    what + " of " + value + ": give a finite number over 0");
        }
    }

    static void checkParameter(String what, double value) {
        if (!(value >= Float.MIN_NORMAL) || Double.isInfinite(value)) {
            throw new InvalidArgumentException(
                    what
                            + " "
                            + value
                            + ": expected a finite number of at least "
                            + Float.MIN_NORMAL);
        }
    }

    /** The nearest number over 0 that a float32 cell can hold, for a draw or a mode. */
    static double inRange(double value) {
        return Math.clamp(value, Float.MIN_NORMAL, Float.MAX_VALUE);
    }

    /** Deviation divided by mean, at most 1; 1 if the mean is not positive. */
    static double relativeDeviation(Marginal marginal) {
        return marginal.mean() > 0
                ? Math.min(1, marginal.standardDeviation() / marginal.mean())
                : 1;
    }

    /** First mean of a node: the marginal's, or 1, times log-normal noise. */
    static double startMean(Marginal marginal, RandomGenerator random) {
        double mean = marginal.mean() > 0 ? marginal.mean() : 1;
        return mean * StrictMath.exp(relativeDeviation(marginal) * random.nextGaussian());
    }
}
