package io.sluice.learning;

/**
 * Learns parameters by stochastic gradient ascent on the log-likelihood, in coordinates where every
 * step leads to distributions. For sums these are the logarithms of the weights, normalised
 * afterwards; for inputs they are the {@linkplain io.sluice.circuit.InputFamily#gradient
 * coordinates of their family}, such as logarithms of probabilities, scales and rates. Weights of
 * exactly zero stay zero.
 *
 * <p>The gradient is summed over the rows of a step. It follows from the flows, so a step costs as
 * much as a step of EM, plus the computation of the parameters on the host. There are no
 * pseudocounts: a probability can come close to zero, but never reaches it.
 */
public final class GradientAscent extends Learner<GradientAscent> {
    private static final double MOMENTUM = 0.9;
    private static final StepSizeSchedule SGD_STEPS = StepSizeSchedule.linear(0.003, 0.0003);
    private static final StepSizeSchedule ADAM_STEPS = StepSizeSchedule.linear(0.1, 0.01);

    private GradientAscent(Settings settings) {
        super(settings);
    }

    @Override
    GradientAscent with(Settings changed) {
        return new GradientAscent(changed);
    }

    /**
     * Plain steps with momentum: by default batches of 512 rows, 20 epochs, a step size that falls
     * from 0.003 to 0.0003 along a line over the whole run, and momentum 0.9.
     */
    public static GradientAscent sgd() {
        return of(Settings.Algorithm.SGD, SGD_STEPS);
    }

    /**
     * Adam (Kingma and Ba 2015, algorithm 1): by default batches of 512 rows, 20 epochs, a step
     * size that falls from 0.1 to 0.01 along a line over the whole run, and momentum 0.9, which the
     * paper calls the first beta; the second is 0.999.
     */
    public static GradientAscent adam() {
        return of(Settings.Algorithm.ADAM, ADAM_STEPS);
    }

    private static GradientAscent of(Settings.Algorithm algorithm, StepSizeSchedule steps) {
        Settings settings = new Settings(algorithm, steps, MINI_BATCH_ROWS, DEFAULT_EPOCHS);
        settings.pseudocount = 0;
        settings.momentum = MOMENTUM;
        return new GradientAscent(settings);
    }

    /** The share of earlier gradients that each step keeps: at least 0, below 1. */
    public GradientAscent momentum(double kept) {
        return withMomentum(kept);
    }
}
