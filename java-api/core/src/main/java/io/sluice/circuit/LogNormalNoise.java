package io.sluice.circuit;

import java.util.SplittableRandom;

/**
 * Exponentials of standard normal noise, for first parameters. Each draw is one of {@value
 * #QUANTILES} equally likely quantiles, so a circuit of a billion parameters starts in seconds.
 * They are the same on all machines.
 *
 * <p>An object belongs to one thread.
 */
public final class LogNormalNoise {
    private static final int BITS = 14;
    private static final int QUANTILES = 1 << BITS;
    private static final int DRAWS = Long.SIZE / BITS; // of one random number

    private static final double TAIL = 0.02425;
    private static final double[] CENTRE_ABOVE = {
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
        1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239
    };
    private static final double[] CENTRE_BELOW = {
        -5.447609879822406e+01,
        1.615858368580409e+02,
        -1.556989798598866e+02,
        6.680131188771972e+01,
        -1.328068155288572e+01,
        1
    };
    private static final double[] TAIL_ABOVE = {
        -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838,
        -2.549732539343734, 4.374664141464968, 2.938163982698783
    };
    private static final double[] TAIL_BELOW = {
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1
    };

    private static final float[] QUANTILE = quantiles();

    private final SplittableRandom random;
    private long bits;
    private int left;

    /** Draws from a generator. */
    public LogNormalNoise(SplittableRandom random) {
        this.random = random;
    }

    /** The next number, over 0. */
    public float next() {
        if (left == 0) {
            bits = random.nextLong();
            left = DRAWS;
        }
        float drawn = QUANTILE[(int) bits & (QUANTILES - 1)];
        bits >>>= BITS;
        left--;
        return drawn;
    }

    /**
     * Fills a range of an array.
     *
     * @return the sum of the written numbers
     */
    public double fill(float[] to, int begin, int end) {
        double total = 0;
        for (int i = begin; i < end; i++) {
            to[i] = next();
            total += to[i];
        }
        return total;
    }

    private static float[] quantiles() {
        float[] quantiles = new float[QUANTILES];
        for (int i = 0; i < QUANTILES; i++) {
            double p = (i + 0.5) / QUANTILES;
            quantiles[i] = (float) StrictMath.exp(p < 0.5 ? -upper(1 - p) : upper(p));
        }
        return quantiles;
    }

    /**
     * Quantile of the standard normal distribution for a probability of at least one half, to 1e-9
     * (Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution
     * function").
     */
    private static double upper(double p) {
        if (p <= 1 - TAIL) {
            double q = p - 0.5;
            double r = q * q;
            return q * polynomial(r, CENTRE_ABOVE) / polynomial(r, CENTRE_BELOW);
        }
        double q = Math.sqrt(-2 * StrictMath.log(1 - p));
        return -polynomial(q, TAIL_ABOVE) / polynomial(q, TAIL_BELOW);
    }

    private static double polynomial(double x, double[] coefficients) {
        double value = 0;
        for (double coefficient : coefficients) {
            value = value * x + coefficient;
        }
        return value;
    }
}
