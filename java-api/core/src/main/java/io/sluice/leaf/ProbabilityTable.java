package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Families whose parameters are the probabilities of their categories, {@code [category][node]},
 * and whose statistics are how often these occurred.
 */
interface ProbabilityTable extends InputFamily {

    @Override
    int categories();

    @Override
    default boolean accepts(double value) {
        return Probabilities.isCategory(value, categories());
    }

    @Override
    default String values() {
        return Probabilities.values(categories());
    }

    @Override
    default int parameterRows() {
        return categories();
    }

    @Override
    default void check(NodeValues parameters) {
        Probabilities.check(parameters, categories());
    }

    @Override
    default void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        Probabilities.start(parameters, categories(), random);
    }

    @Override
    default Distribution distribution(NodeValues parameters) {
        return Probabilities.distribution(parameters, categories());
    }

    @Override
    default int statisticRows() {
        return categories();
    }

    @Override
    default void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set((int) value, statistics.get((int) value) + flow);
    }

    @Override
    default double flow(NodeValues statistics) {
        return Probabilities.total(statistics, categories());
    }

    @Override
    default void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        Probabilities.gradient(parameters, statistics, categories(), gradient);
    }

    @Override
    default void move(NodeValues parameters, NodeValues step) {
        Probabilities.move(parameters, step, categories());
    }

    @Override
    default void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        Probabilities.update(parameters, statistics, categories(), false, step, pseudocount);
    }
}
