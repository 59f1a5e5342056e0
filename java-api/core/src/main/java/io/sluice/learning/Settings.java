package io.sluice.learning;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * The settings of a {@link Learner}. They change only while a copy is being configured, before
 * anyone else sees it.
 */
final class Settings {
    /** A pseudocount is spread over edges as float32 numbers, which must not become zero. */
    private static final double SMALLEST_PSEUDOCOUNT = 1e-30;

    /** Algorithms, as checkpoints name them. */
    enum Algorithm {
        MINI_BATCH("mini-batch EM"),
        FULL_BATCH("full-batch EM"),
        ANEMONE("anemone"),
        SGD("stochastic gradient ascent"),
        ADAM("Adam");

        final String text;

        Algorithm(String text) {
            this.text = text;
        }
    }

    final Algorithm algorithm;
    StepSizeSchedule stepSize;
    double pseudocount = 0.1;
    int epochs;
    int batchSize;
    int batchesPerStep = 1;
    double momentum; // where the algorithm has it
    boolean viterbi; // EM of the most probable sub-circuits
    long shuffleSeed;
    @Nullable Dataset validation;
    int patience; // 0: unlimited
    TrainingListener listener = new TrainingListener() {};
    @Nullable Path checkpoints;
    int checkpointEvery; // batches; 0: at the ends of epochs only
    boolean resume;
    BooleanSupplier stop = () -> false;

    Settings(Algorithm algorithm, StepSizeSchedule stepSize, int batchSize, int epochs) {
        this.algorithm = algorithm;
        this.stepSize = stepSize;
        this.batchSize = batchSize;
        this.epochs = epochs;
    }

    Settings(Settings other) {
        algorithm = other.algorithm;
        stepSize = other.stepSize;
        pseudocount = other.pseudocount;
        epochs = other.epochs;
        batchSize = other.batchSize;
        batchesPerStep = other.batchesPerStep;
        momentum = other.momentum;
        viterbi = other.viterbi;
        shuffleSeed = other.shuffleSeed;
        validation = other.validation;
        patience = other.patience;
        listener = other.listener;
        checkpoints = other.checkpoints;
        checkpointEvery = other.checkpointEvery;
        resume = other.resume;
        stop = other.stop;
    }

    /**
     * Checks a pseudocount.
     *
     * @throws InvalidArgumentException when it is out of range
     */
    static void checkPseudocount(double rows) {
        if (!(rows == 0 || (rows >= SMALLEST_PSEUDOCOUNT && rows < Double.POSITIVE_INFINITY))) {
            throw new InvalidArgumentException(
                    "pseudocount is "
                            + rows
                            + ": give 0, or a finite number of at least "
                            + SMALLEST_PSEUDOCOUNT);
        }
    }

    boolean fullBatch() {
        return algorithm == Algorithm.FULL_BATCH;
    }
}
