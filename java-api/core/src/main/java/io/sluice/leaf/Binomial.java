package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Binomial distributions over the number of successes in some trials, 0 to {@code trials}. The
 * parameter of a node, {@code [1][node]}, is its probability of success; the expectation parameter
 * is the mean. With one trial it learns as {@link Bernoulli} does.
 *
 * @param trials how many, at least 1
 */
public record Binomial(int trials) implements MeanFamily {

    private static final String TRIALS = "trials";
    private static final double NOISE = 0.5;

    /** The largest float32 below one. */
    private static final double MOST_CERTAIN = 1 - 0x1p-24;

    /**
     * Checks the number of trials.
     *
     * @throws InvalidArgumentException when it is less than 1, or too large for a float32 cell
     */
    public Binomial {
        if (trials < 1 || trials >= PositiveNumbers.LARGEST_COUNT) {
            throw new InvalidArgumentException(
                    "a binomial variable of "
                            + trials
                            + " trials: give 1 to 2^24 - 1, the largest value");
        }
    }

    @Override
    public String type() {
        return "binomial";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(TRIALS, trials);
    }

    @Override
    public Binomial withSettings(FamilySettings settings) {
        return new Binomial(settings.integer(TRIALS));
    }

    @Override
    public int categories() {
        return trials + 1;
    }

    @Override
    public boolean accepts(double value) {
        return Probabilities.isCategory(value, categories());
    }

    @Override
    public String values() {
        return "a whole number from 0 to " + trials;
    }

    @Override
    public void check(NodeValues parameters) {
        double p = parameters.get(0);
        if (!(p >= 0 && p <= 1)) {
            throw new InvalidArgumentException(
                    "the probability of success " + p + ": expected 0 to 1");
        }
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        double share = marginal.mean() / trials;
        double logit = share > 0 && share < 1 ? Math.log(share / (1 - share)) : 0;
        double noisy = logit + NOISE * random.nextGaussian();
        parameters.set(0, 1 / (1 + Math.exp(-noisy)));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfTrials(trials, parameters.get(0));
    }

    /**
     * The derivative by the logarithm of the odds, {@code S - N trials p}, divided by the deviation
     * if that is over 1: a value then weighs about the same for any number of trials. Certain nodes
     * do not learn.
     */
    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        double p = parameters.get(0);
        boolean certain = p == 0 || p == 1;
        double excess = statistics.get(1) - statistics.get(0) * trials * p;
        gradient.set(0, certain ? 0 : excess / unit(p));
    }

    private double unit(double p) {
        return Math.sqrt(Math.max(1, trials * p * (1 - p)));
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        double p = parameters.get(0);
        if (p > 0 && p < 1) {
            double odds = p / (1 - p) * StrictMath.exp(step.get(0) / unit(p));
            double moved = odds == Double.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
            parameters.set(0, Math.clamp(moved, Float.MIN_NORMAL, MOST_CERTAIN));
        }
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = statistics.get(0);
        if (total + pseudocount > 0) {
            double mean =
                    ExpectationStep.of(
                            trials * parameters.get(0),
                            statistics.get(1),
                            trials / 2.0,
                            total,
                            step,
                            pseudocount);
            parameters.set(0, Math.clamp(mean / trials, 0, 1));
        }
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "binomial of " + trials + " trials";
    }

    private record OfTrials(int trials, double success) implements FiniteDistribution {

        @Override
        public int categories() {
            return trials + 1;
        }

        @Override
        public double probability(int category) {
            return Math.exp(logDensity(category));
        }

        @Override
        public double logDensity(double value) {
            return SpecialFunctions.logGamma(trials + 1.0)
                    - SpecialFunctions.logGamma(value + 1)
                    - SpecialFunctions.logGamma(trials - value + 1)
                    + power(value, Math.log(success))
                    + power(trials - value, Math.log1p(-success));
        }

        /** The logarithm of a power; 0 if the exponent is 0. */
        private static double power(double exponent, double log) {
            return exponent == 0 ? 0 : exponent * log;
        }

        @Override
        public double mode() {
            return Math.min(trials, Math.max(0, Math.ceil((trials + 1) * success) - 1));
        }

        @Override
        public double mean() {
            return trials * success;
        }

        @Override
        public double variance() {
            return trials * success * (1 - success);
        }

        @Override
        public double draw(RandomGenerator random) {
            int successes = 0;
            for (int i = 0; i < trials; i++) {
                successes += random.nextDouble() < success ? 1 : 0;
            }
            return successes;
        }
    }
}
