package io.sluice.runtime;

import io.sluice.DeviceException;
import io.sluice.bindings.kernels.Kernels;

/** Adds rows to an engine's statistics and updates parameters from them. */
final class StatisticsPass {
    private final KernelRunner runner;
    // Nothing clears the kernels' statistics after an update: the next rows replace them.
    private boolean empty = true;

    StatisticsPass(KernelRunner runner) {
        this.runner = runner;
    }

    /** Whether no row was added since the last update. */
    boolean isEmpty() {
        return empty;
    }

    void discard() {
        empty = true;
    }

    /**
     * Adds the rows' statistics.
     *
     * @return their total log-likelihood
     */
    double accumulate(SelectedRows rows) {
        double[] total = new double[1];
        int arithmetic = runner.arithmetic();
        int most =
                runner.mostRows(new Work.Accumulate(arithmetic, Kernels.SLUICE_STAGE_ALL(), true));
        rows.forEachBatch(
                most,
                (batch, from, next) -> {
                    Work work = new Work.Accumulate(arithmetic, Kernels.SLUICE_STAGE_ALL(), !empty);
                    empty = false;
                    total[0] += totalOf(runner.run(work, batch, next));
                });
        return total[0];
    }

    private static double totalOf(CallResults results) {
        double total = 0;
        for (int i = 0; i < results.count(); i++) {
            total += results.logLikelihood(i);
        }
        return total;
    }

    /**
     * {@link #accumulate}, then {@link #update}.
     *
     * @param upcoming rows of the next step, if known
     */
    double step(SelectedRows rows, SelectedRows upcoming, double stepSize, double pseudocount) {
        Work work = new Work.Step(runner.arithmetic(), !empty);
        int most = runner.mostRows(work);
        Batch batch = rows.batch(0, most);
        if (batch == null || batch.count() < rows.count()) {
            double total = accumulate(rows);
            update(stepSize, pseudocount);
            return total;
        }
        empty = false;
        runner.setStep(stepSize, pseudocount);
        CallResults results = runner.run(work, batch, upcoming.batch(0, most));
        finishUpdate(results.failed());
        return totalOf(results);
    }

    /** Runs some stages on one batch, to measure them. */
    void runStages(SelectedRows rows, int stages) {
        Work work = new Work.Accumulate(runner.arithmetic(), stages, false);
        empty = false;
        rows.forEachBatch(rows.count(), (batch, from, next) -> runner.run(work, batch, next));
    }

    void update(double stepSize, double pseudocount) {
        if (empty) {
            runner.clearStatistics();
        }
        runner.setStep(stepSize, pseudocount);
        finishUpdate(runner.update());
    }

    private void finishUpdate(boolean failed) {
        empty = true;
        if (failed) {
            throw new DeviceException(
                    "some statistics are not finite; their parameters stay as they were: look for"
                            + " extreme values in the data, or use the precision precise");
        }
    }
}
