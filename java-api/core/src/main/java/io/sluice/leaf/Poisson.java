package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Poisson distributions over the counts 0, 1, 2 and so on. The parameter of a node, {@code
 * [1][node]}, is its rate, which is its mean and its expectation parameter.
 *
 * @param minimumRate floor of the rates that learning may reach; over 0 and finite. It keeps a node
 *     that has only seen zeros from excluding everything else
 */
public record Poisson(double minimumRate) implements MeanFamily {

    private static final String MINIMUM = "minimum_rate";

    /** The floor that {@link #Poisson()} takes. */
    public static final double DEFAULT_MINIMUM_RATE = 1e-3;

    /** Draws of larger rates are sums of draws of this rate, whose exponential is in range. */
    private static final double RATE_AT_A_TIME = 500;

    /**
     * Checks the floor.
     *
     * @throws io.sluice.InvalidArgumentException when it is not over 0 and finite
     */
    public Poisson {
        PositiveNumbers.checkSetting("a minimum rate", minimumRate);
    }

    /** The family with {@link #DEFAULT_MINIMUM_RATE}. */
    public Poisson() {
        this(DEFAULT_MINIMUM_RATE);
    }

    @Override
    public String type() {
        return "poisson";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(MINIMUM, minimumRate);
    }

    @Override
    public Poisson withSettings(FamilySettings settings) {
        return new Poisson(settings.number(MINIMUM, DEFAULT_MINIMUM_RATE));
    }

    @Override
    public boolean accepts(double value) {
        return value >= 0 && value <= PositiveNumbers.LARGEST_COUNT && value == Math.rint(value);
    }

    @Override
    public String values() {
        return "a whole number of at least 0";
    }

    @Override
    public void check(NodeValues parameters) {
        PositiveNumbers.checkParameter("the rate", parameters.get(0));
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        parameters.set(0, Math.max(PositiveNumbers.startMean(marginal, random), minimumRate));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfRate(parameters.get(0), Math.log(parameters.get(0)));
    }

    /**
     * The derivative by the logarithm of the rate, {@code S - N rate}, divided by the root of a
     * rate over 1: a value then weighs about the same for any rate.
     */
    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        double rate = parameters.get(0);
        gradient.set(0, (statistics.get(1) - statistics.get(0) * rate) / unit(rate));
    }

    private static double unit(double rate) {
        return Math.sqrt(Math.max(1, rate));
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        double rate = parameters.get(0);
        double moved = rate * StrictMath.exp(step.get(0) / unit(rate));
        parameters.set(0, PositiveNumbers.inRange(Math.max(moved, minimumRate)));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = statistics.get(0);
        if (total > 0) {
            double rate = parameters.get(0);
            double moved =
                    ExpectationStep.of(rate, statistics.get(1), rate, total, step, pseudocount);
            parameters.set(0, Math.max(moved, minimumRate));
        }
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return type();
    }

    private record OfRate(double rate, double logRate) implements Distribution {

        @Override
        public double logDensity(double value) {
            return value * logRate - rate - SpecialFunctions.logGamma(value + 1);
        }

        @Override
        public double mode() {
            return Math.max(0, Math.ceil(rate) - 1);
        }

        @Override
        public double mean() {
            return rate;
        }

        @Override
        public double variance() {
            return rate;
        }

        @Override
        public double cumulative(double value) {
            return value >= 0 ? SpecialFunctions.gammaQ(Math.floor(value) + 1, rate) : 0;
        }

        @Override
        public double draw(RandomGenerator random) {
            double count = 0;
            // with more than twice the largest count, the result is the largest count
            double left = Math.min(rate, 2.0 * PositiveNumbers.LARGEST_COUNT);
            while (left > RATE_AT_A_TIME) {
                count += drawSmall(RATE_AT_A_TIME, random);
                left -= RATE_AT_A_TIME;
            }
            return Math.min(count + drawSmall(left, random), PositiveNumbers.LARGEST_COUNT);
        }

        /** Counts arrivals before time 1; the times between them are exponential. */
        private static double drawSmall(double rate, RandomGenerator random) {
            double limit = Math.exp(-rate);
            double product = 1 - random.nextDouble();
            double count = 0;
            while (product > limit) {
                count++;
                product *= 1 - random.nextDouble();
            }
            return count;
        }
    }
}
