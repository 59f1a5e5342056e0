package io.sluice.tests;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * The worked example of {@link io.sluice.circuit}: failures before the first success. A node's
 * parameter is its probability of success; the expectation parameter is the mean.
 */
public record Geometric() implements InputFamily {
    private static final double MOST = 1 << 24;

    @Override
    public String type() {
        return "geometric";
    }

    @Override
    public Geometric withSettings(FamilySettings settings) {
        return this;
    }

    @Override
    public boolean accepts(double value) {
        return value >= 0 && value <= MOST && value == Math.rint(value);
    }

    @Override
    public String values() {
        return "a whole number of at least 0";
    }

    @Override
    public int parameterRows() {
        return 1;
    }

    @Override
    public void check(NodeValues parameters) {
        double success = parameters.get(0);
        if (!(success > 0 && success < 1)) {
            throw new InvalidArgumentException(
                    "the probability of success " + success + ": expected over 0 and under 1");
        }
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        parameters.set(0, 1 / (1 + Math.max(1, marginal.mean()) * random.nextDouble(0.5, 2)));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new Failures(parameters.get(0));
    }

    @Override
    public int statisticRows() {
        return 2; // total flow, and the flow-weighted sum of the values
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set(0, statistics.get(0) + flow);
        statistics.set(1, statistics.get(1) + flow * value);
    }

    @Override
    public double flow(NodeValues statistics) {
        return statistics.get(0);
    }

    @Override
    public void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        double success = parameters.get(0); // by the logarithm of its odds
        double values = statistics.get(1);
        gradient.set(0, statistics.get(0) - success * (statistics.get(0) + values));
    }

    @Override
    public void move(NodeValues parameters, NodeValues step) {
        double odds = parameters.get(0) / (1 - parameters.get(0)) * Math.exp(step.get(0));
        parameters.set(0, Math.clamp(odds / (1 + odds), 1e-6, 1 - 1e-6));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        double total = statistics.get(0);
        if (total > 0) {
            double mean = 1 / parameters.get(0) - 1;
            double target = (statistics.get(1) + pseudocount * mean) / (total + pseudocount);
            double moved = (1 - step) * mean + step * target;
            parameters.set(0, 1 / (1 + Math.max(moved, 1e-3)));
        }
    }

    private record Failures(double success) implements Distribution {
        @Override
        public double logDensity(double value) {
            return Math.log(success) + value * Math.log1p(-success);
        }

        @Override
        public double mode() {
            return 0;
        }

        @Override
        public double mean() {
            return (1 - success) / success;
        }

        @Override
        public double variance() {
            return (1 - success) / (success * success);
        }

        @Override
        public double cumulative(double value) {
            return value < 0 ? 0 : -Math.expm1((Math.floor(value) + 1) * Math.log1p(-success));
        }

        @Override
        public double draw(RandomGenerator random) {
            return Math.min(MOST, Math.floor(-random.nextExponential() / Math.log1p(-success)));
        }
    }
}
