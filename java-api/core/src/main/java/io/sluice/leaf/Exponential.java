package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Exponential distributions over the numbers from 0. The parameter of a node, {@code [1][node]}, is
 * its rate, one over its mean. Expectation parameter: the mean.
 *
 * @param minimumMean floor of the means that learning may reach, in the variable's unit; over 0 and
 *     finite. It keeps a node from collapsing onto 0
 */
public record Exponential(double minimumMean) implements MeanFamily {

    private static final String MINIMUM = "minimum_mean";

    /** The floor of {@link #Exponential()}, for variables of unit scale. */
    public static final double DEFAULT_MINIMUM_MEAN = 1e-3;

    /**
     * Checks the floor.
     *
     * @throws io.sluice.InvalidArgumentException when it is not over 0 and finite
     */
    public Exponential {
        PositiveNumbers.checkSetting("a minimum mean", minimumMean);
    }

    /** The family with {@link #DEFAULT_MINIMUM_MEAN}. */
    public Exponential() {
        this(DEFAULT_MINIMUM_MEAN);
    }

    @Override
    public String type() {
        return "exponential";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(MINIMUM, minimumMean);
    }

    @Override
    public Exponential withSettings(FamilySettings settings) {
        return new Exponential(settings.number(MINIMUM, DEFAULT_MINIMUM_MEAN));
    }

    @Override
    public boolean accepts(double value) {
        return value >= 0;
    }

    @Override
    public String values() {
        return "a number of at least 0";
    }

    @Override
    public void check(NodeValues parameters) {
        PositiveNumbers.checkParameter("the rate", parameters.get(0));
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        setMean(parameters, PositiveNumbers.startMean(marginal, random));
    }

    private void setMean(NodeValues parameters, double mean) {
        parameters.set(0, PositiveNumbers.inRange(1 / Math.max(mean, minimumMean)));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfRate(parameters.get(0));
    }

    /** The derivative by the logarithm of the rate: {@code N - rate S}. */
    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        gradient.set(0, statistics.get(0) - parameters.get(0) * statistics.get(1));
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        setMean(parameters, StrictMath.exp(-step.get(0)) / parameters.get(0));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = statistics.get(0);
        if (total > 0) {
            double mean = 1 / parameters.get(0);
            setMean(
                    parameters,
                    ExpectationStep.of(mean, statistics.get(1), mean, total, step, pseudocount));
        }
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return type();
    }

    private record OfRate(double rate) implements Distribution {

        @Override
        public double logDensity(double value) {
            return Math.log(rate) - rate * value;
        }

        @Override
        public double mode() {
            return 0;
        }

        @Override
        public double mean() {
            return 1 / rate;
        }

        @Override
        public double variance() {
            return 1 / (rate * rate);
        }

        @Override
        public double cumulative(double value) {
            return value > 0 ? -Math.expm1(-rate * value) : 0;
        }

        @Override
        public double draw(RandomGenerator random) {
            return Math.min(random.nextExponential() / rate, Float.MAX_VALUE);
        }
    }
}
