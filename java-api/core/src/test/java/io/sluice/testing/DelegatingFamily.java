package io.sluice.testing;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/** A family that is like another one, except for what it overrides and for having no kernel. */
public interface DelegatingFamily extends InputFamily {

    /** The family that this one is like. */
    InputFamily original();

    @Override
    default boolean finite() {
        return original().finite();
    }

    @Override
    default int categories() {
        return original().categories();
    }

    @Override
    default boolean accepts(double value) {
        return original().accepts(value);
    }

    @Override
    default String values() {
        return original().values();
    }

    @Override
    default int parameterRows() {
        return original().parameterRows();
    }

    @Override
    default void check(NodeValues parameters) {
        original().check(parameters);
    }

    @Override
    default void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        original().start(parameters, marginal, random);
    }

    @Override
    default Distribution distribution(NodeValues parameters) {
        return original().distribution(parameters);
    }

    @Override
    default int statisticRows() {
        return original().statisticRows();
    }

    @Override
    default void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        original().addStatistics(parameters, value, flow, statistics);
    }

    @Override
    default double flow(NodeValues statistics) {
        return original().flow(statistics);
    }

    @Override
    default void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        original().gradient(parameters, statistics, gradient);
    }

    @Override
    default void move(NodeValues parameters, NodeValues step) {
        original().move(parameters, step);
    }

    @Override
    default void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        original().update(parameters, statistics, step, pseudocount);
    }
}
