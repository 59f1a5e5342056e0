package io.sluice.leaf;

import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;

/**
 * Families of one parameter per node, whose expectation parameter is the mean or follows from it:
 * the statistics are the total flow and the flow-weighted sum of the values.
 */
interface MeanFamily extends InputFamily {

    @Override
    default int parameterRows() {
        return 1;
    }

    @Override
    default int statisticRows() {
        return 2;
    }

    @Override
    default void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set(0, statistics.get(0) + flow);
        statistics.set(1, statistics.get(1) + flow * value);
    }

    @Override
    default double flow(NodeValues statistics) {
        return statistics.get(0);
    }
}
