package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Marginal;

import java.util.random.RandomGenerator;

/** What families over positive numbers have in common. */
final class PositiveNumbers {
    private PositiveNumbers() {}

    /** Larger counts have no float32 cell of their own. */
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

    /** A draw or a mode as a number over 0 that a float32 cell can hold. */
    static double inRange(double value) {
        return Math.clamp(value, Float.MIN_NORMAL, Float.MAX_VALUE);
    }

    /** Deviation over mean, 1 where that says nothing of positive numbers. */
    static double relativeDeviation(Marginal marginal) {
        return marginal.mean() > 0
                ? Math.min(1, marginal.standardDeviation() / marginal.mean())
                : 1;
    }

    /** A mean for a node to start from: the marginal's, or 1, times log-normal noise. */
    static double startMean(Marginal marginal, RandomGenerator random) {
        double mean = marginal.mean() > 0 ? marginal.mean() : 1;
        return mean * StrictMath.exp(relativeDeviation(marginal) * random.nextGaussian());
    }
}
