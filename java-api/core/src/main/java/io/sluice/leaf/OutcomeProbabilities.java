package io.sluice.leaf;

import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Families whose parameters are the probabilities of their outcomes, {@code [outcome][node]}, and
 * whose statistics are expected counts of these. An outcome is a category or a bin.
 */
interface OutcomeProbabilities extends InputFamily {

    @Override
    default void check(NodeValues parameters) {
        Probabilities.check(parameters, parameterRows());
    }

    @Override
    default void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        Probabilities.start(parameters, parameterRows(), random);
    }

    @Override
    default int statisticRows() {
        return parameterRows();
    }

    @Override
    default double flow(NodeValues statistics) {
        return Probabilities.total(statistics, parameterRows());
    }

    @Override
    default void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        Probabilities.gradient(parameters, statistics, parameterRows(), gradient);
    }

    @Override
    default void move(NodeValues parameters, NodeValues step) {
        Probabilities.move(parameters, step, parameterRows());
    }

    @Override
    default void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        Probabilities.update(parameters, statistics, parameterRows(), false, step, pseudocount);
    }
}
