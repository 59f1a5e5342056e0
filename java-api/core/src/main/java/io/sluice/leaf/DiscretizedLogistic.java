package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;

import java.util.random.RandomGenerator;

/**
 * Logistic distributions rounded to the integers {@code 0 .. categories - 1}; the two ends have the
 * tails beyond them, too (Salimans et al. 2017, "PixelCNN++", section 2.1). For ordered values such
 * as grey levels: two parameters instead of one for each category. They are laid out {@code
 * [2][node]}: the means, then the scales, both in units of one category.
 *
 * <p>The statistics are expected counts of the categories. This is no exponential family: an update
 * fits mean and scale, by Fisher scoring, to the distribution that a {@link Categorical} would
 * learn from these counts.
 *
 * @param categories how many values the variable has, at least 2
 * @param minimumScale floor of the scales that learning may reach; over 0 and finite. It keeps a
 *     node from collapsing onto one category
 */
public record DiscretizedLogistic(int categories, double minimumScale) implements CategoryFamily {

    private static final String MINIMUM = "minimum_scale";

    /** The floor of {@link #DiscretizedLogistic(int)}. */
    public static final double DEFAULT_MINIMUM_SCALE = 0.05;

    /** Standard deviation of a logistic distribution of scale 1. */
    private static final double DEVIATION = Math.PI / Math.sqrt(3);

    private static final double NOISE_OF_SCALE = 0.25;
    private static final int MOST_ITERATIONS = 30;
    private static final int MOST_HALVINGS = 30;
    private static final double CONVERGED = 1e-9;

    /**
     * Checks the settings.
     *
     * @throws InvalidArgumentException when there are fewer than two categories, or the floor is
     *     not over 0 and finite
     */
    public DiscretizedLogistic {
        if (categories < 2 || categories > PositiveNumbers.LARGEST_COUNT) {
            throw new InvalidArgumentException(
                    "a discretised logistic variable with "
                            + categories
                            + " categories: give the largest value plus one, from 2 to 2^24");
        }
        PositiveNumbers.checkSetting("a minimum scale", minimumScale);
    }

    /** The family with {@link #DEFAULT_MINIMUM_SCALE}. */
    public DiscretizedLogistic(int categories) {
        this(categories, DEFAULT_MINIMUM_SCALE);
    }

    @Override
    public String type() {
        return "discretized_logistic";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE
                .with(Categorical.CATEGORIES, categories)
                .with(MINIMUM, minimumScale);
    }

    @Override
    public DiscretizedLogistic withSettings(FamilySettings settings) {
        return new DiscretizedLogistic(
                settings.integer(Categorical.CATEGORIES),
                settings.number(MINIMUM, DEFAULT_MINIMUM_SCALE));
    }

    @Override
    public int parameterRows() {
        return 2;
    }

    @Override
    public void check(NodeValues parameters) {
        if (!Double.isFinite(parameters.get(0))) {
            throw new InvalidArgumentException(
                    "the mean " + parameters.get(0) + ": expected a finite number");
        }
        PositiveNumbers.checkParameter("the scale", parameters.get(1));
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        boolean known = !marginal.equals(Marginal.UNKNOWN);
        double mean = known ? marginal.mean() : (categories - 1) / 2.0;
        double deviation = known ? marginal.standardDeviation() : categories / 4.0;
        parameters.set(0, mean + deviation * random.nextGaussian());
        double noise = Math.exp(NOISE_OF_SCALE * random.nextGaussian());
        parameters.set(1, Math.max(minimumScale, deviation / DEVIATION * noise));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfScale(categories, parameters.get(0), parameters.get(1));
    }

    @Override
    public int statisticRows() {
        return categories;
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set((int) value, statistics.get((int) value) + flow);
    }

    @Override
    public double flow(NodeValues statistics) {
        return Probabilities.total(statistics, categories);
    }

    /** The derivatives by the mean in units of the scale, and by the scale's logarithm. */
    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        OfScale now = new OfScale(categories, parameters.get(0), parameters.get(1));
        double byMean = 0;
        double byScale = 0;
        for (int k = 0; k < categories; k++) {
            byMean += statistics.get(k) * now.scoreOfMean(k) * now.scale;
            byScale += statistics.get(k) * now.scoreOfLogScale(k);
        }
        gradient.set(0, byMean);
        gradient.set(1, byScale);
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        double scale = parameters.get(1);
        parameters.set(0, parameters.get(0) + scale * step.get(0));
        double moved = scale * StrictMath.exp(step.get(1));
        parameters.set(1, PositiveNumbers.inRange(Math.max(moved, minimumScale)));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = pseudocount;
        for (int k = 0; k < categories; k++) {
            total += statistics.get(k);
        }
        if (total < Parameters.SMALLEST_FLOW) {
            return;
        }
        OfScale fitted = new OfScale(categories, parameters.get(0), parameters.get(1));
        double[] target = new double[categories];
        for (int k = 0; k < categories; k++) {
            double counted = (statistics.get(k) + pseudocount / categories) / total;
            target[k] = (1 - step) * fitted.probability(k) + step * counted;
        }
        boolean moves = true;
        for (int i = 0; i < MOST_ITERATIONS && moves; i++) {
            OfScale next = better(fitted, target);
            moves =
                    Math.abs(next.location - fitted.location) > CONVERGED * fitted.scale
                            || Math.abs(next.scale - fitted.scale) > CONVERGED * fitted.scale;
            fitted = next;
        }
        parameters.set(0, fitted.location);
        parameters.set(1, fitted.scale);
    }

    /**
     * Fisher scoring in the mean and the log-scale: a step that raises the expectation, or none.
     */
    private OfScale better(OfScale now, double[] target) {
        double meanScore = 0;
        double scaleScore = 0;
        double meanInformation = 0;
        double scaleInformation = 0;
        double both = 0;
        for (int k = 0; k < categories; k++) {
            double byMean = now.scoreOfMean(k);
            double byScale = now.scoreOfLogScale(k);
            double p = now.probability(k);
            meanScore += target[k] * byMean;
            scaleScore += target[k] * byScale;
            meanInformation += p * byMean * byMean;
            scaleInformation += p * byScale * byScale;
            both += p * byMean * byScale;
        }
        double determinant = meanInformation * scaleInformation - both * both;
        boolean solvable = determinant > 1e-12 * meanInformation * scaleInformation;
        double meanStep =
                solvable
                        ? (scaleInformation * meanScore - both * scaleScore) / determinant
                        : meanScore * now.scale * now.scale;
        double scaleStep =
                solvable
                        ? (meanInformation * scaleScore - both * meanScore) / determinant
                        : scaleScore;
        double value = now.expected(target);
        double share = Math.min(1, 1 / Math.max(1e-300, Math.abs(scaleStep)));
        for (int i = 0; i < MOST_HALVINGS; i++, share /= 2) {
            double scale = Math.max(minimumScale, now.scale * Math.exp(share * scaleStep));
            OfScale next = new OfScale(categories, now.location + share * meanStep, scale);
            if (next.expected(target) > value) {
                return next;
            }
        }
        return now;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "discretised logistic of " + categories;
    }

    /**
     * With {@code a} and {@code b} the distances of the bounds {@code k - 1/2} and {@code k + 1/2}
     * from the mean, in scales, and s the logistic function: {@code p(k) = s(b) - s(a) = s(b) s(-a)
     * (1 - exp(a - b))}; s(b) alone for the first category, s(-a) for the last.
     */
    private record OfScale(int categories, double location, double scale)
            implements FiniteDistribution {

        private double below(int k) {
            return (k - 0.5 - location) / scale;
        }

        private double above(int k) {
            return (k + 0.5 - location) / scale;
        }

        /** {@code log s(x)} */
        private static double logLogistic(double x) {
            return x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x));
        }

        private static double logistic(double x) {
            return Math.exp(logLogistic(x));
        }

        @Override
        public double logDensity(double value) {
            int k = (int) value;
            double log = 0;
            if (k < categories - 1) {
                log += logLogistic(above(k));
            }
            if (k > 0) {
                log += logLogistic(-below(k));
            }
            boolean inside = k > 0 && k < categories - 1;
            return inside ? log + Math.log(-Math.expm1(-1 / scale)) : log;
        }

        @Override
        public double probability(int category) {
            return Math.exp(logDensity(category));
        }

        double scoreOfMean(int k) {
            double score = 0;
            if (k < categories - 1) {
                score -= logistic(-above(k));
            }
            if (k > 0) {
                score += logistic(below(k));
            }
            return score / scale;
        }

        double scoreOfLogScale(int k) {
            double score = 0;
            if (k < categories - 1) {
                score -= above(k) * logistic(-above(k));
            }
            if (k > 0) {
                score += below(k) * logistic(below(k));
            }
            boolean inside = k > 0 && k < categories - 1;
            return inside ? score - 1 / (scale * Math.expm1(1 / scale)) : score;
        }

        /** Expected log-probability under a distribution. */
        double expected(double[] target) {
            double sum = 0;
            for (int k = 0; k < categories; k++) {
                sum += target[k] == 0 ? 0 : target[k] * logDensity(k);
            }
            return sum;
        }
    }
}
