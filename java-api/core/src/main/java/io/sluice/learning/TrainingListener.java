package io.sluice.learning;

/**
 * Hears of the progress of a run, on the thread that runs it. An exception thrown here ends the run
 * and reaches the caller of {@code fit}; the engine keeps the parameters of the last step.
 */
public interface TrainingListener {

    /** After each batch. */
    default void onBatch(BatchProgress progress) {}

    /** After each epoch, its validation included, before its checkpoint is written. */
    default void onEpoch(TrainingHistory.Epoch epoch) {}

    /**
     * How far a run is.
     *
     * @param epoch the epoch under way, from 1
     * @param epochs how many epochs the run has at most
     * @param batch batches of this epoch that are done, from 1
     * @param batches how many batches an epoch has
     * @param rows rows of this epoch that are done
     * @param meanLogLikelihood mean log-likelihood of those rows in nats per row, each under the
     *     parameters it met
     * @param stepSize size of the step that this batch ended with; 0 when it only added statistics
     */
    record BatchProgress(
            int epoch,
            int epochs,
            int batch,
            int batches,
            long rows,
            double meanLogLikelihood,
            double stepSize) {}
}
