package io.sluice.learning;

import io.sluice.InvalidArgumentException;

/**
 * The step size of EM over the course of a run. A step of size s replaces the parameters theta by
 * {@code (1 - s) theta + s theta'}, where theta' maximises the expected log-likelihood of the
 * batch. Falling step sizes let stochastic EM converge (Cappe and Moulines 2009, assumption 1).
 *
 * <p>Step sizes are over 0 and at most 1; factories and constructors throw {@link
 * InvalidArgumentException} for others. Immutable.
 */
public sealed interface StepSizeSchedule {

    /**
     * Step size at some point of the run.
     *
     * @param progress how much of the run is over, from 0 at the first step to 1 at the last
     */
    double at(double progress);

    /** The same step size throughout. */
    static StepSizeSchedule constant(double value) {
        return new Constant(value);
    }

    /** From one step size to another along a line. */
    static StepSizeSchedule linear(double from, double to) {
        return new Linear(from, to);
    }

    /** From one step size to another along half a period of a cosine: slow, fast, slow. */
    static StepSizeSchedule cosine(double from, double to) {
        return new Cosine(from, to);
    }

    /**
     * The same step size throughout.
     *
     * @param value over 0, up to 1
     */
    record Constant(double value) implements StepSizeSchedule {
        /** Checks the range. */
        public Constant {
            checkStepSize(value);
        }

        @Override
        public double at(double progress) {
            return value;
        }
    }

    /**
     * From one step size to another along a line.
     *
     * @param from step size of the first step, over 0, up to 1
     * @param to step size of the last step, over 0, up to 1
     */
    record Linear(double from, double to) implements StepSizeSchedule {
        /** Checks the ranges. */
        public Linear {
            checkStepSize(from);
            checkStepSize(to);
        }

        @Override
        public double at(double progress) {
            return (1 - progress) * from + progress * to;
        }
    }

    /**
     * From one step size to another along half a period of a cosine.
     *
     * @param from step size of the first step, over 0, up to 1
     * @param to step size of the last step, over 0, up to 1
     */
    record Cosine(double from, double to) implements StepSizeSchedule {
        /** Checks the ranges. */
        public Cosine {
            checkStepSize(from);
            checkStepSize(to);
        }

        @Override
        public double at(double progress) {
            // StrictMath, because a run resumed on another machine must see the same bits.
            return to + (from - to) * (1 + StrictMath.cos(StrictMath.PI * progress)) / 2;
        }
    }

    private static void checkStepSize(double value) {
        if (!(value > 0 && value <= 1)) {
            throw new InvalidArgumentException(
                    "step size is "
                            + value
                            + ": give a number over 0 and up to 1; 1 forgets the old parameters,"
                            + " smaller steps keep more of them");
        }
    }
}
