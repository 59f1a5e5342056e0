package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.NodeValues;

/** Families of categories: the parameters are {@code [category][node]} probabilities. */
interface ProbabilityTable extends OutcomeProbabilities, CategoryFamily {

    @Override
    default int parameterRows() {
        return categories();
    }

    @Override
    default Distribution distribution(NodeValues parameters) {
        return Probabilities.distribution(parameters, categories());
    }

    @Override
    default void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        statistics.set((int) value, statistics.get((int) value) + flow);
    }
}
