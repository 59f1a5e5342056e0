package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How the statistics of some rows change the parameters of an engine. A rule may keep numbers from
 * step to step, which are part of a checkpoint.
 */
interface UpdateRule {

    /**
     * How a step is taken.
     *
     * @param rows in the statistics, including those that the step adds; at least 1
     * @param size over 0; EM's is at most 1
     * @param pseudocount spread over the outcomes of each distribution
     */
    record StepSettings(long rows, double size, double pseudocount) {}

    /**
     * Adds rows to the statistics and takes a step from all statistics.
     *
     * @param upcoming rows of the next call, if known
     * @return total log-likelihood of the rows before the step, in nats
     */
    double step(Engine engine, Dataset data, int[] rows, int[] upcoming, StepSettings step);

    /**
     * Adds rows to the statistics of the next step.
     *
     * @return total log-likelihood of the rows, in nats
     */
    default double accumulate(Engine engine, Dataset data, int[] rows) {
        return engine.accumulate(data, rows);
    }

    /** The numbers that the rule keeps besides the parameters; empty if there are none. */
    default List<double[]> state() {
        return List.of();
    }

    /**
     * Continues with the numbers that {@link #state} gave.
     *
     * @throws FileFormatException if they are of another circuit or rule
     */
    default void restore(List<double[]> state) {
        checkState(state, List.of());
    }

    /**
     * Checks that saved numbers are those of a rule.
     *
     * @param lengths of the arrays that the rule keeps
     * @throws FileFormatException when there are others, or a number is not finite
     */
    static void checkState(List<double[]> state, List<Integer> lengths) {
        boolean fits = state.stream().map(array -> array.length).toList().equals(lengths);
        if (!fits
                || !state.stream()
                        .allMatch(array -> DoubleStream.of(array).allMatch(Double::isFinite))) {
            throw new FileFormatException(
                    "the checkpoint has "
                            + state.size()
                            + " arrays of what the learner keeps from step to step, expected "
                            + lengths.size()
                            + " of finite numbers, with the lengths of this circuit's parameters:"
                            + " it is damaged, start again in another folder");
        }
    }

    /** The step of EM; engines have it built in. */
    final class Em implements UpdateRule {
        @Override
        public double step(
                Engine engine, Dataset data, int[] rows, int[] upcoming, StepSettings step) {
            return engine.step(data, rows, upcoming, step.size(), step.pseudocount());
        }
    }
}
