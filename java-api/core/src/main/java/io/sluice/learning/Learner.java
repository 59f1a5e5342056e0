package io.sluice.learning;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Learns the parameters of a circuit from data, in epochs of batches: the settings that all
 * learning algorithms share, and the run itself.
 *
 * <p>Configurations are immutable: every method returns a new one. They can be shared between
 * threads and used for many runs. Methods throw {@link InvalidArgumentException} for impossible
 * values, and {@link #fit} checks how the settings fit together before it changes anything.
 *
 * @param <L> the algorithm, which lets methods be called in any order
 */
public abstract sealed class Learner<L extends Learner<L>>
        permits ExpectationMaximization, GradientAscent {

    /** Name of the checkpoint in its folder. */
    public static final String CHECKPOINT_FILE = "checkpoint.sluice";

    static final int DEFAULT_EPOCHS = 20;
    static final int MINI_BATCH_ROWS = 512;

    /** Two runs on an engine would mix their statistics. */
    private static final Set<Engine> IN_TRAINING = ConcurrentHashMap.newKeySet();

    final Settings settings;

    Learner(Settings settings) {
        this.settings = settings;
    }

    /** The same algorithm with other settings. */
    abstract L with(Settings changed);

    final L with(Consumer<Settings> change) {
        Settings changed = new Settings(settings);
        change.accept(changed);
        return with(changed);
    }

    final L withMomentum(double kept) {
        if (!(kept >= 0 && kept < 1)) {
            throw new InvalidArgumentException(
                    "momentum is " + kept + ": give a number from 0, below 1");
        }
        return with(s -> s.momentum = kept);
    }

    /** The same step size throughout, over 0 and up to 1. */
    public final L stepSize(double constant) {
        return stepSize(StepSizeSchedule.constant(constant));
    }

    /** Step sizes that change over the run, which has epochs times batches steps. */
    public final L stepSize(StepSizeSchedule schedule) {
        return with(s -> s.stepSize = schedule);
    }

    /** Number of epochs, at least 1; each visits every row once. */
    public final L epochs(int epochs) {
        checkPositive("epochs", epochs);
        return with(s -> s.epochs = epochs);
    }

    /**
     * Rows in a batch, at least 1; a data set with fewer rows is one batch. Full-batch EM takes one
     * step for all batches, and reports progress and checks whether to stop after each; its default
     * is 4096 rows.
     */
    public final L batchSize(int rows) {
        checkPositive("batch size", rows);
        return with(s -> s.batchSize = rows);
    }

    /**
     * Batches whose statistics are added up for one step, at least 1, by default 1. More allow
     * steps over more rows than fit into memory. The last step of an epoch may have fewer.
     *
     * @throws InvalidArgumentException also for full-batch EM, which adds up all batches
     */
    public final L batchesPerStep(int batches) {
        checkPositive("batches per step", batches);
        if (settings.fullBatch()) {
            throw new InvalidArgumentException(
                    batches
                            + " batches per step of full-batch EM, which takes one step for all:"
                            + " leave it out, or take mini-batch EM");
        }
        return with(s -> s.batchesPerStep = batches);
    }

    /** Seed of the row order. The order of an epoch depends on this seed and the epoch alone. */
    public final L shuffleSeed(long seed) {
        return with(s -> s.shuffleSeed = seed);
    }

    /**
     * Rows that are not learned from. After each epoch their log-likelihood is measured, and the
     * run ends with the best parameters, which may be those it began with.
     */
    public final L validation(Dataset valid) {
        return with(s -> s.validation = valid);
    }

    /** End the run when this many epochs in a row, at least 1, were no better on validation. */
    public final L patience(int epochs) {
        checkPositive("patience", epochs);
        return with(s -> s.patience = epochs);
    }

    /** The listener that is told of progress; a later one replaces it. */
    public final L listener(TrainingListener listener) {
        return with(s -> s.listener = listener);
    }

    /**
     * Write a checkpoint into this folder after each epoch, and when the run is stopped. The file
     * {@link #CHECKPOINT_FILE} is an ordinary model file, too; {@code best-N.sluice} holds the
     * parameters of the best epoch. Files change atomically. The folder is made if necessary; it
     * may hold an earlier checkpoint only with {@link #resume}. One run at a time may use a folder:
     * it locks the file {@code checkpoint.lock} in it.
     */
    public final L checkpoints(Path folder) {
        return with(s -> s.checkpoints = folder);
    }

    /** Write a checkpoint also after every {@code batches} mini-batches of an epoch; at least 1. */
    public final L checkpointEvery(int batches) {
        checkPositive("batches between checkpoints", batches);
        return with(s -> s.checkpointEvery = batches);
    }

    /**
     * Continue from the checkpoint in the folder, or start when there is none. With the same
     * settings, data, circuit and device the result has the bits of a run that was never
     * interrupted; other settings are refused.
     */
    public final L resume(boolean resume) {
        return with(s -> s.resume = resume);
    }

    /**
     * A condition that is checked before every batch, on the thread of the run. Once it is true,
     * the run writes a checkpoint of its last step and returns. An interrupt of the thread does the
     * same, and the thread is still interrupted afterwards.
     */
    public final L stopWhen(BooleanSupplier condition) {
        return with(s -> s.stop = condition);
    }

    /**
     * Learns the parameters of the engine's circuit from data. Other threads may query the engine
     * meanwhile and get the answers of the parameters of that moment; they must not change it.
     *
     * @param engine changed: afterwards it has the last parameters, or the best ones when there is
     *     a validation set. After an exception it has the parameters of the last step, and may hold
     *     statistics
     * @param train at least one row; missing cells are summed or integrated out
     * @throws InvalidArgumentException when the settings contradict each other, the data do not fit
     *     the circuit, every training row is impossible under it, or another run uses the engine or
     *     the checkpoint folder
     * @throws io.sluice.FileFormatException when the checkpoint to resume is damaged
     * @throws java.io.UncheckedIOException when a checkpoint cannot be read or written
     */
    public final TrainingHistory fit(Engine engine, Dataset train) {
        if (!IN_TRAINING.add(engine)) {
            throw new InvalidArgumentException(
                    "another run is training this engine: wait for its end, or compile another"
                            + " engine");
        }
        try (TrainingRun run = new TrainingRun(settings, engine, train)) {
            return run.run();
        } finally {
            IN_TRAINING.remove(engine);
        }
    }

    /** The validation set, if any. */
    final @Nullable Dataset validation() {
        return settings.validation;
    }

    /** The folder for checkpoints, if any. */
    final @Nullable Path checkpoints() {
        return settings.checkpoints;
    }

    private static void checkPositive(String what, int value) {
        if (value < 1) {
            throw new InvalidArgumentException(what + " is " + value + ": give at least 1");
        }
    }
}
