package io.sluice.learning;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Learns parameters by expectation maximisation: how to run it, and the run itself.
 *
 * <p>The E-step adds up the flows of the rows, which are the expected counts of a circuit (Peharz
 * et al. 2017, section 5); the M-step moves the parameters towards the normalised counts. {@link
 * #fullBatch} takes one step for all rows, so that with step size 1 and pseudocount 0 the
 * log-likelihood never falls; {@link #miniBatch} takes a smaller step for each batch (stochastic
 * EM, Cappe and Moulines 2009; for circuits Liu et al. 2024, section 5.2).
 *
 * <p>Configurations are immutable: every method returns a new one. They can be shared between
 * threads and used for many runs. Methods throw {@link InvalidArgumentException} for impossible
 * values, and {@link #fit} checks what belongs together before it changes anything.
 *
 * <pre>{@code
 * TrainingHistory history =
 *         ExpectationMaximization.miniBatch().epochs(50).validation(valid).patience(3)
 *                 .fit(engine, train);
 * }</pre>
 */
public final class ExpectationMaximization {
    /** Name of the checkpoint in its folder. */
    public static final String CHECKPOINT_FILE = "checkpoint.sluice";

    private static final int DEFAULT_EPOCHS = 20;
    private static final int MINI_BATCH_ROWS = 512;
    private static final int PORTION_ROWS = 4096;

    /** Measured on MNIST, HCLT, batch 512: the schedule of the design notes. */
    private static final StepSizeSchedule MINI_BATCH_STEPS = StepSizeSchedule.linear(0.42, 0.02);

    private static final double ANEMONE_MOMENTUM = 0.9;

    private final Settings settings;

    private ExpectationMaximization(Settings settings) {
        this.settings = settings;
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
     * probability of visiting the node when sampling. By default as {@link #miniBatch}, with
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

    /** The same step size throughout, over 0 and up to 1. */
    public ExpectationMaximization stepSize(double constant) {
        return stepSize(StepSizeSchedule.constant(constant));
    }

    /** Step sizes that change over the run, which has epochs times batches steps. */
    public ExpectationMaximization stepSize(StepSizeSchedule schedule) {
        return with(s -> s.stepSize = schedule);
    }

    /**
     * Imagined rows that are added to every node's counts, spread evenly over its edges, so that
     * nothing unseen becomes impossible: a finite number, at least 0.
     */
    public ExpectationMaximization pseudocount(double rows) {
        if (!(rows >= 0 && rows < Double.POSITIVE_INFINITY)) {
            throw new InvalidArgumentException(
                    "pseudocount is " + rows + ": give a finite number of at least 0");
        }
        return with(s -> s.pseudocount = rows);
    }

    /** How many times the run visits every row, at least 1. */
    public ExpectationMaximization epochs(int epochs) {
        checkPositive("epochs", epochs);
        return with(s -> s.epochs = epochs);
    }

    /**
     * Rows in a batch, at least 1; a data set with fewer rows is one batch. Full-batch EM only adds
     * up its statistics, reports progress and looks whether to stop in such portions, by default of
     * 4096 rows.
     */
    public ExpectationMaximization batchSize(int rows) {
        checkPositive("batch size", rows);
        return with(s -> s.batchSize = rows);
    }

    /**
     * Batches whose statistics are added up for one step, at least 1, by default 1: steps of larger
     * batches than memory holds. The last step of an epoch may have fewer.
     *
     * @throws InvalidArgumentException also for full-batch EM, which adds up all batches
     */
    public ExpectationMaximization batchesPerStep(int batches) {
        checkPositive("batches per step", batches);
        if (settings.fullBatch()) {
            throw new InvalidArgumentException(
                    batches
                            + " batches per step of full-batch EM, which takes one step for all:"
                            + " leave it out, or take mini-batch EM");
        }
        return with(s -> s.batchesPerStep = batches);
    }

    /**
     * How much of earlier steps' flows is kept in each step of {@link #anemone}: at least 0, below
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
        if (!(kept >= 0 && kept < 1)) {
            throw new InvalidArgumentException(
                    "momentum is " + kept + ": give a number from 0, below 1");
        }
        return with(s -> s.momentum = kept);
    }

    /** Seed of the row order. The order of an epoch depends on this seed and the epoch alone. */
    public ExpectationMaximization shuffleSeed(long seed) {
        return with(s -> s.shuffleSeed = seed);
    }

    /**
     * Rows that are not learned from. After each epoch their log-likelihood is measured, and the
     * run ends with the best parameters, which may be those it began with.
     */
    public ExpectationMaximization validation(Dataset valid) {
        return with(s -> s.validation = valid);
    }

    /** End the run when this many epochs in a row, at least 1, were no better on validation. */
    public ExpectationMaximization patience(int epochs) {
        checkPositive("patience", epochs);
        return with(s -> s.patience = epochs);
    }

    /** Who hears of progress; there is one listener. */
    public ExpectationMaximization listener(TrainingListener listener) {
        return with(s -> s.listener = listener);
    }

    /**
     * Write a checkpoint into this folder after each epoch, and when the run is stopped. The file
     * {@link #CHECKPOINT_FILE} is a model file and can be used as one; {@code best-N.sluice} holds
     * the parameters of the best epoch. Files change atomically. The folder is made if need be; it
     * may hold an earlier checkpoint only with {@link #resume}.
     */
    public ExpectationMaximization checkpoints(Path folder) {
        return with(s -> s.checkpoints = folder);
    }

    /** Write a checkpoint after every so many mini-batches of an epoch too; at least 1. */
    public ExpectationMaximization checkpointEvery(int batches) {
        checkPositive("batches between checkpoints", batches);
        return with(s -> s.checkpointEvery = batches);
    }

    /**
     * Continue from the checkpoint in the folder, or start when there is none. With the same
     * settings, data, circuit and device the result has the bits of a run that was never
     * interrupted; other settings are refused.
     */
    public ExpectationMaximization resume(boolean resume) {
        return with(s -> s.resume = resume);
    }

    /**
     * A condition that is asked before every batch, on the thread of the run; once it is true, the
     * run writes its checkpoint, which is of the last step, and returns.
     */
    public ExpectationMaximization stopWhen(BooleanSupplier condition) {
        return with(s -> s.stop = condition);
    }

    /**
     * Learns the parameters of the engine's circuit from data.
     *
     * @param engine changed: afterwards it has the last parameters, or the best ones when there is
     *     a validation set. After an exception it has the parameters of the last step, and may hold
     *     statistics
     * @param train at least one row; missing cells are summed or integrated out
     * @throws InvalidArgumentException when the settings contradict each other or the data do not
     *     fit the circuit
     * @throws io.sluice.FileFormatException when the checkpoint to resume is damaged
     * @throws java.io.UncheckedIOException when a checkpoint cannot be read or written
     */
    public TrainingHistory fit(Engine engine, Dataset train) {
        return new TrainingRun(settings, engine, train).run();
    }

    /** The validation set, if any. */
    @Nullable Dataset validation() {
        return settings.validation;
    }

    /** The folder for checkpoints, if any. */
    @Nullable Path checkpoints() {
        return settings.checkpoints;
    }

    private ExpectationMaximization with(Consumer<Settings> change) {
        Settings changed = new Settings(settings);
        change.accept(changed);
        return new ExpectationMaximization(changed);
    }

    private static void checkPositive(String what, int value) {
        if (value < 1) {
            throw new InvalidArgumentException(what + " is " + value + ": give at least 1");
        }
    }
}
