package io.sluice.leaf;

/** Functions of the gamma family, to nearly the accuracy of float64. */
final class SpecialFunctions {
    private SpecialFunctions() {}

    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    /** From here on the asymptotic series below are exact in float64. */
    private static final double ASYMPTOTIC = 15;

    private static final int MOST_TERMS = 100_000;
    private static final double ROUNDING = 1e-16;
    private static final double TINY = 1e-300;

    /** {@code log Gamma(x)} for x over 0: Stirling's series (Abramowitz and Stegun, 6.1.41). */
    static double logGamma(double x) {
        double shifted = x;
        double product = 1;
        while (shifted < ASYMPTOTIC) {
            product *= shifted;
            shifted++;
        }
        double inverse = 1 / shifted;
        double square = inverse * inverse;
        double series =
                inverse
                        * (1.0 / 12
                                - square
                                        * (1.0 / 360
                                                - square
                                                        * (1.0 / 1260
                                                                - square
                                                                        * (1.0 / 1680
                                                                                - square / 1188))));
        return (shifted - 0.5) * Math.log(shifted)
                - shifted
                + HALF_LOG_TWO_PI
                + series
                - Math.log(product);
    }

    /** The derivative of {@link #logGamma} (Abramowitz and Stegun, 6.3.18). */
    static double digamma(double x) {
        double shifted = x;
        double sum = 0;
        while (shifted < ASYMPTOTIC) {
            sum -= 1 / shifted;
            shifted++;
        }
        double square = 1 / (shifted * shifted);
        double series =
                square
                        * (1.0 / 12
                                - square
                                        * (1.0 / 120
                                                - square
                                                        * (1.0 / 252
                                                                - square
                                                                        * (1.0 / 240
                                                                                - square / 132))));
        return sum + Math.log(shifted) - 0.5 / shifted - series;
    }

    /** The derivative of {@link #digamma} (Abramowitz and Stegun, 6.4.12). */
    static double trigamma(double x) {
        double shifted = x;
        double sum = 0;
        while (shifted < ASYMPTOTIC) {
            sum += 1 / (shifted * shifted);
            shifted++;
        }
        double inverse = 1 / shifted;
        double square = inverse * inverse;
        double series =
                square
                        * (1.0 / 6
                                - square
                                        * (1.0 / 30
                                                - square
                                                        * (1.0 / 42
                                                                - square
                                                                        * (1.0 / 30
                                                                                - square * 5
                                                                                        / 66))));
        return sum + inverse * (1 + 0.5 * inverse + series);
    }

    /**
     * The regularised lower incomplete gamma function {@code P(a, x)} for a over 0 and x at least
     * 0.
     */
    static double gammaP(double a, double x) {
        return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
    }

    /** {@code Q(a, x) = 1 - P(a, x)}, precise where it is small. */
    static double gammaQ(double a, double x) {
        return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
    }

    /** The series of P (Abramowitz and Stegun, 6.5.29). */
    private static double lowerSeries(double a, double x) {
        if (x <= 0) {
            return 0;
        }
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < MOST_TERMS && term > sum * ROUNDING; n++) {
            term *= x / (a + n);
            sum += term;
        }
        return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
    }

    /** The continued fraction of Q (Abramowitz and Stegun, 6.5.31), by Lentz's method. */
    private static double upperFraction(double a, double x) {
        double b = x + 1 - a;
        double c = 1 / TINY;
        double d = 1 / b;
        double fraction = d;
        for (int n = 1; n < MOST_TERMS; n++) {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / nonZero(numerator * d + b);
            c = nonZero(b + numerator / c);
            double factor = d * c;
            fraction *= factor;
            if (Math.abs(factor - 1) < ROUNDING) {
                break;
            }
        }
        return fraction * Math.exp(a * Math.log(x) - x - logGamma(a));
    }

    private static double nonZero(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }
}
