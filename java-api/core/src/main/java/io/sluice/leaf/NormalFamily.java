package io.sluice.leaf;

import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;

/**
 * Families whose nodes have a normal distribution of the value or of a function of it: the
 * parameters are its mean and standard deviation, {@code [2][node]}, and the statistics the total
 * flow and the flow-weighted sums of that function and of its square.
 */
interface NormalFamily extends InputFamily {

    /** The setting that holds {@link #minimumStandardDeviation}. */
    String MINIMUM = "minimum_standard_deviation";

    /** Floor of the standard deviations that learning may reach. */
    double minimumStandardDeviation();

    @Override
    default FamilySettings settings() {
        return FamilySettings.NONE.with(MINIMUM, minimumStandardDeviation());
    }

    @Override
    default int parameterRows() {
        return 2;
    }

    @Override
    default void check(NodeValues parameters) {
        Normal.check(parameters);
    }

    @Override
    default int statisticRows() {
        return Normal.STATISTICS;
    }

    @Override
    default double flow(NodeValues statistics) {
        return statistics.get(0);
    }

    /** The derivatives by the mean in units of the deviation, and by the deviation's logarithm. */
    @Override
    default void gradient(NodeValues parameters, NodeValues statistics, NodeValues gradient) {
        Normal.gradient(parameters, statistics, gradient);
    }

    @Override
    default void move(NodeValues parameters, NodeValues step) {
        Normal.move(parameters, step, minimumStandardDeviation());
    }

    @Override
    default void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        Normal.update(parameters, statistics, step, pseudocount, minimumStandardDeviation());
    }
}
