package io.sluice.learning;

/**
 * Is told of the progress of a run, on the thread that runs it. An exception thrown here ends the
 * run and reaches the caller of {@code fit}; the engine keeps the parameters of the last step.
 */
public interface TrainingListener {

    /** After each batch. */
    default void onBatch(BatchProgress progress) {}

    /** After each epoch, its validation included, before its checkpoint is written. */
    default void onEpoch(TrainingHistory.Epoch epoch) {}

    /**
     * The progress of a run.
     *
     * @param epoch the current epoch, from 1
     * @param epochs how many epochs the run has at most
     * @param batch batches of this epoch that are done, from 1
     * @param batches how many batches an epoch has
     * @param rows rows of this epoch that are done
     * @param meanLogLikelihood mean log-likelihood of those rows in nats per row, each under the
     *     parameters before the step that used it
     * @param stepSize size of the step after this batch; 0 when the batch only added statistics
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
