package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Distributions over positive numbers whose logarithm is normal. Parameters are laid out {@code
 * [2][node]}: mean and standard deviation of the logarithm. They learn as those of {@link Gaussian}
 * do, from the logarithms of the values.
 *
 * @param minimumStandardDeviation floor of the deviations of the logarithm that learning may reach;
 *     over 0 and finite. It keeps a node from collapsing onto one value
 */
public record LogNormal(double minimumStandardDeviation) implements NormalFamily {

    /** The floor of {@link #LogNormal()}: about one percent of a value. */
    public static final double DEFAULT_MINIMUM_STANDARD_DEVIATION = 1e-2;

    /**
     * Checks the floor.
     *
     * @throws io.sluice.InvalidArgumentException when it is not over 0 and finite
     */
    public LogNormal {
        Normal.checkMinimum(minimumStandardDeviation);
    }

    /** The family with {@link #DEFAULT_MINIMUM_STANDARD_DEVIATION}. */
    public LogNormal() {
        this(DEFAULT_MINIMUM_STANDARD_DEVIATION);
    }

    @Override
    public String type() {
        return "log_normal";
    }

    @Override
    public LogNormal withSettings(FamilySettings settings) {
        return new LogNormal(settings.number(MINIMUM, DEFAULT_MINIMUM_STANDARD_DEVIATION));
    }

    @Override
    public boolean accepts(double value) {
        return value > 0;
    }

    @Override
    public String values() {
        return "a number over 0";
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        double relative = PositiveNumbers.relativeDeviation(marginal);
        double variance = Math.log1p(relative * relative);
        double mean = marginal.mean() > 0 ? Math.log(marginal.mean()) - variance / 2 : 0;
        Normal.start(parameters, mean, Math.sqrt(variance), minimumStandardDeviation, random);
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfLogarithm(new Normal(parameters.get(0), parameters.get(1)));
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        Normal.addStatistics(Math.log(value), flow, statistics);
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "log-normal";
    }

    private record OfLogarithm(Normal normal) implements Distribution {

        @Override
        public double logDensity(double value) {
            double log = Math.log(value);
            return normal.logDensity(log) - log;
        }

        @Override
        public double mode() {
            return PositiveNumbers.inRange(Math.exp(normal.mean() - normal.variance()));
        }

        @Override
        public double mean() {
            return Math.exp(normal.mean() + normal.variance() / 2);
        }

        @Override
        public double variance() {
            return Math.expm1(normal.variance()) * mean() * mean();
        }

        @Override
        public double cumulative(double value) {
            return value > 0 ? normal.cumulative(Math.log(value)) : 0;
        }

        @Override
        public double draw(RandomGenerator random) {
            return PositiveNumbers.inRange(Math.exp(normal.draw(random)));
        }
    }
}
