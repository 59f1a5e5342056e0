package io.sluice.learning;

import io.sluice.InvalidArgumentException;

/**
 * Learns parameters by expectation maximisation.
 *
 * <p>The E-step adds up the flows of the rows, which are the expected counts of a circuit (Peharz
 * et al. 2017, section 5). The M-step moves the parameters towards the normalised counts. {@link
 * #fullBatch} takes one step for all rows; with step size 1 and pseudocount 0 the log-likelihood
 * never falls. {@link #miniBatch} takes a smaller step for each batch (stochastic EM, Cappe and
 * Moulines 2009; for circuits Liu et al. 2024, section 5.2).
 *
 * <pre>{@code
 * TrainingHistory history =
 *         ExpectationMaximization.miniBatch().epochs(50).validation(valid).patience(3)
 *                 .fit(engine, train);
 * }</pre>
 */
public final class ExpectationMaximization extends Learner<ExpectationMaximization> {
    private static final int PORTION_ROWS = 4096;

    /** Measured on MNIST with a hidden Chow-Liu tree and batches of 512 rows. */
    private static final StepSizeSchedule MINI_BATCH_STEPS = StepSizeSchedule.linear(0.42, 0.02);

    private static final double ANEMONE_MOMENTUM = 0.9;

    private ExpectationMaximization(Settings settings) {
        super(settings);
    }

    @Override
    ExpectationMaximization with(Settings changed) {
        return new ExpectationMaximization(changed);
    }

    /**
     * A step after each batch of shuffled rows: by default 512 rows, 20 epochs, pseudocount 0.1,
     * and a step size that falls from 0.42 to 0.02 along a line over the whole run. The last batch
     * of an epoch may be smaller; its step is scaled down by the same factor.
     */
    public static ExpectationMaximization miniBatch() {
        return new ExpectationMaximization(
                new Settings(
                        Settings.Algorithm.MINI_BATCH,
                        MINI_BATCH_STEPS,
                        MINI_BATCH_ROWS,
                        DEFAULT_EPOCHS));
    }

    /**
     * Anemone (Liu, Shao and Van den Broeck 2025, arXiv 2505.19982): mini-batches, with steps that
     * are larger for the nodes that a batch uses more than the circuit on average does,
     *
     * <pre>
     * theta_nc' is proportional to  step F_nc + (1 - step) TD_n theta_nc
     * </pre>
     *
     * where F are the mean flows of a row, averaged over steps with momentum, and TD_n is the
     * probability of visiting the node when drawing a row. By default as {@link #miniBatch}, with
     * momentum 0.9. The step is computed on the host: on a GPU it takes longer than that of EM.
     */
    public static ExpectationMaximization anemone() {
        Settings settings =
                new Settings(
                        Settings.Algorithm.ANEMONE,
                        MINI_BATCH_STEPS,
                        MINI_BATCH_ROWS,
                        DEFAULT_EPOCHS);
        settings.momentum = ANEMONE_MOMENTUM;
        return new ExpectationMaximization(settings);
    }

    /**
     * One step for each epoch over all rows: by default step size 1, 20 epochs, pseudocount 0.1.
     */
    public static ExpectationMaximization fullBatch() {
        return new ExpectationMaximization(
                new Settings(
                        Settings.Algorithm.FULL_BATCH,
                        StepSizeSchedule.constant(1),
                        PORTION_ROWS,
                        DEFAULT_EPOCHS));
    }

    /**
     * Viterbi EM, also called hard EM: counts for each row the edges of its most probable induced
     * sub-circuit, instead of the flows of all edges (for hidden Markov models: Juang and Rabiner
     * 1990; for circuits: Poon and Domingos 2011, section 4). Ties are broken by the first edge in
     * parameter order, a missing value counts nothing, and the train log-likelihood of an epoch is
     * the mean of the rows' max-product values. With {@link #fullBatch}, step size 1 and
     * pseudocount 0, that mean never falls.
     *
     * <p>It often needs fewer epochs, and ends at a lower likelihood, than EM. Sub-circuits are
     * found and steps are computed on the host in float64, whatever the engine: on two cores, about
     * ten times as long as EM with the CPU's kernels (hidden Chow-Liu tree, 64 latents, 784
     * variables).
     *
     * @throws InvalidArgumentException for {@link #anemone}
     */
    public ExpectationMaximization viterbi() {
        if (settings.algorithm == Settings.Algorithm.ANEMONE) {
            throw new InvalidArgumentException(
                    "Viterbi EM of anemone, whose steps weigh flows against the model's: take"
                            + " mini-batch or full-batch EM");
        }
        return with(s -> s.viterbi = true);
    }

    /**
     * Imagined rows that are added to every node's counts, spread evenly over its edges, so unseen
     * values do not become impossible: 0, or a finite number of at least 1e-30.
     */
    public ExpectationMaximization pseudocount(double rows) {
        Settings.checkPseudocount(rows);
        return with(s -> s.pseudocount = rows);
    }

    /**
     * The share of earlier steps' flows that each step of {@link #anemone} keeps: at least 0, below
     * 1; 0 keeps nothing.
     *
     * @throws InvalidArgumentException also for other algorithms, which have no momentum
     */
    public ExpectationMaximization momentum(double kept) {
        if (settings.algorithm != Settings.Algorithm.ANEMONE) {
            throw new InvalidArgumentException(
                    "momentum "
                            + kept
                            + " of "
                            + settings.algorithm.text
                            + ", which has none: leave it out, or take anemone");
        }
        return withMomentum(kept);
    }
}
