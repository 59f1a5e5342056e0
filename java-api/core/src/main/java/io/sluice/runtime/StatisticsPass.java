package io.sluice.runtime;

import io.sluice.DeviceException;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.data.Dataset;

import java.util.Arrays;

/** An engine's EM: statistics of rows, and the updates made from them. */
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
        IntBuffer flagged = new IntBuffer();
        double total = accumulate(rows, runner.arithmetic(), flagged);
        return total + accumulateAgain(rows.data(), flagged.toArray());
    }

    /** Rows that left the range of the fast kernels. */
    private double accumulateAgain(Dataset data, int[] rows) {
        return accumulate(SelectedRows.of(data, rows), Kernels.SLUICE_LOG(), new IntBuffer());
    }

    /**
     * @param flagged receives the numbers of the rows that were left out
     */
    private double accumulate(SelectedRows rows, int arithmetic, IntBuffer flagged) {
        double[] total = new double[1];
        int most =
                runner.mostRows(new Work.Accumulate(arithmetic, Kernels.SLUICE_STAGE_ALL(), true));
        rows.forEachBatch(
                most,
                (batch, from, next) -> {
                    Work work = new Work.Accumulate(arithmetic, Kernels.SLUICE_STAGE_ALL(), !empty);
                    empty = false;
                    CallResults results = runner.run(work, batch, next);
                    total[0] += totalOf(results);
                    flagged.addAll(results.flaggedRows(batch));
                });
        return total[0];
    }

    private static double totalOf(CallResults results) {
        double total = 0;
        for (int i = 0; i < results.count(); i++) {
            total += results.isFlagged(i) ? 0 : results.logLikelihood(i);
        }
        return total;
    }

    /**
     * {@link #accumulate}, then {@link #update}.
     *
     * @param upcoming rows of the next step, as far as they are known
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
        double total = totalOf(results);
        int[] flagged = results.flaggedRows(batch);
        if (flagged.length == 0) {
            finishUpdate(results.failed());
        } else {
            total += accumulateAgain(rows.data(), flagged);
            update(stepSize, pseudocount);
        }
        return total;
    }

    /** Some stages on one batch, to measure them. */
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

    /** Numbers of rows, as many as come. */
    private static final class IntBuffer {
        private int[] numbers = new int[0];
        private int size;

        void addAll(int[] more) {
            if (size + more.length > numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.max(size + more.length, 2 * size));
            }
            System.arraycopy(more, 0, numbers, size, more.length);
            size += more.length;
        }

        int[] toArray() {
            return Arrays.copyOf(numbers, size);
        }
    }
}
