package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.util.List;

/**
 * How the statistics of some rows move the parameters of an engine. A rule may keep numbers from
 * step to step; they are part of a checkpoint.
 */
interface UpdateRule {

    /**
     * Adds rows to the statistics and takes a step from all that these hold.
     *
     * @param upcoming rows of the next call, as far as they are known
     * @param rowsInStep rows in the statistics after these are added, at least 1
     * @return total log-likelihood of the rows before the step, in nats
     */
    double step(
            Engine engine,
            Dataset data,
            int[] rows,
            int[] upcoming,
            long rowsInStep,
            double stepSize,
            double pseudocount);

    /**
     * Adds rows to the statistics of the next step.
     *
     * @return total log-likelihood of the rows, in nats
     */
    default double accumulate(Engine engine, Dataset data, int[] rows) {
        return engine.accumulate(data, rows);
    }

    /** What the rule keeps besides the parameters; empty when that is nothing. */
    List<double[]> state();

    /**
     * Goes on from what {@link #state} gave.
     *
     * @throws FileFormatException when it is that of another circuit or rule
     */
    void restore(List<double[]> state);

    /** The step of EM, which engines take themselves. */
    final class Em implements UpdateRule {
        @Override
        public double step(
                Engine engine,
                Dataset data,
                int[] rows,
                int[] upcoming,
                long rowsInStep,
                double stepSize,
                double pseudocount) {
            return engine.step(data, rows, upcoming, stepSize, pseudocount);
        }

        @Override
        public List<double[]> state() {
            return List.of();
        }

        @Override
        public void restore(List<double[]> state) {
            if (!state.isEmpty()) {
                throw new FileFormatException(
                        "EM keeps nothing from step to step, but the checkpoint has "
                                + state.size()
                                + " arrays: it is damaged, start again in another folder");
            }
        }
    }
}
