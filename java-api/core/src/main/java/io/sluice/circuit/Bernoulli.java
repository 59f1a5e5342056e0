package io.sluice.circuit;

import java.util.random.RandomGenerator;

/**
 * Distributions over 0 and 1. Learning and layout are those of {@link Categorical} with two
 * categories: a row of P(0) for all nodes, then a row of P(1).
 */
public record Bernoulli() implements InputFamily {

    private static final int OUTCOMES = 2;

    @Override
    public String type() {
        return "bernoulli";
    }

    @Override
    public Bernoulli withSettings(FamilySettings settings) {
        return this;
    }

    @Override
    public boolean finite() {
        return true;
    }

    @Override
    public int categories() {
        return OUTCOMES;
    }

    @Override
    public boolean accepts(double value) {
        return value == 0 || value == 1;
    }

    @Override
    public String values() {
        return "0 or 1";
    }

    @Override
    public int parameterRows() {
        return OUTCOMES;
    }

    @Override
    public void check(NodeValues parameters) {
        Probabilities.check(parameters, OUTCOMES);
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        Probabilities.start(parameters, OUTCOMES, random);
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return Probabilities.distribution(parameters, OUTCOMES);
    }

    @Override
    public int statisticRows() {
        return OUTCOMES;
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set((int) value, statistics.get((int) value) + flow);
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        Probabilities.update(parameters, statistics, OUTCOMES, false, step, pseudocount);
    }

    @Override
    public LeafKernel kernel() {
        return LeafKernel.PROBABILITIES;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "bernoulli";
    }
}
