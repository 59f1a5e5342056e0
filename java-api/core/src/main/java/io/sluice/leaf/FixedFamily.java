package io.sluice.leaf;

import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;

/** Families that do not learn: they have no statistics, and their parameters never move. */
interface FixedFamily extends InputFamily {

    @Override
    default int statisticRows() {
        return 0;
    }

    @Override
    default void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {}

    @Override
    default double flow(NodeValues statistics) {
        return 0;
    }

    @Override
    default void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        for (int row = 0; row < parameterRows(); row++) {
            gradient.set(row, 0);
        }
    }

    @Override
    default void move(NodeValues parameters, NodeValues step) {}

    @Override
    default void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {}
}
