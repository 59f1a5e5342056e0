package io.sluice.learning;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The result of a run, including the epochs before a resume. Immutable.
 *
 * @param epochs finished epochs in order
 * @param bestEpoch the epoch whose parameters the engine has now, which had the highest validation
 *     log-likelihood; 0 when none was better than the parameters the run began with; empty when
 *     there was no validation set, and the engine has the last parameters
 * @param ending why the run ended
 */
public record TrainingHistory(List<Epoch> epochs, OptionalInt bestEpoch, Ending ending) {

    /** Takes a copy of the list. */
    public TrainingHistory {
        epochs = List.copyOf(epochs);
    }

    /** Why a run ended. */
    public enum Ending {
        /** Every epoch was run. */
        COMPLETED,
        /** The validation log-likelihood had not risen for as many epochs as patience allows. */
        OUT_OF_PATIENCE,
        /** The caller's condition asked for it, or the thread of the run was interrupted. */
        STOPPED
    }

    /**
     * One finished epoch.
     *
     * @param epoch number of the epoch, from 1
     * @param trainLogLikelihood mean over the rows in nats per row, each row under the parameters
     *     before the step that used it
     * @param validLogLikelihood mean over the validation rows in nats per row under the parameters
     *     after the epoch; empty when there is no validation set
     * @param seconds duration without validation and checkpoints
     * @param rowsPerSecond rows of the training set divided by the duration
     */
    public record Epoch(
            int epoch,
            double trainLogLikelihood,
            OptionalDouble validLogLikelihood,
            double seconds,
            double rowsPerSecond) {}
}
