package io.sluice.runtime;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Recomputes flagged rows. Linear kernels flag the rows whose values leave the range of float32,
 * and leave them out of the results. This runner computes those rows with the log-space kernels and
 * merges their results, so its callers see no flagged row.
 */
final class FlaggedRows extends DelegatingRunner {

    FlaggedRows(KernelRunner kernels) {
        super(kernels);
    }

    @Override
    public CallResults run(Work work, Batch batch, @Nullable Batch next) {
        CallResults results = kernels().run(work, batch, next);
        if (results.flaggedRows() == 0 || work.again(new int[0]) == null) {
            return results;
        }
        int[] indices = results.flaggedIndices();
        CallResults complete = results.copy(work.outputBytes());
        int done = 0;
        while (done < indices.length) {
            done +=
                    runAgain(
                            work,
                            batch,
                            Arrays.copyOfRange(indices, done, indices.length),
                            complete);
        }
        return work.updates() ? complete.withFailed(kernels().update()) : complete;
    }

    /**
     * Computes rows in log-space, at most as many as fit.
     *
     * @param indices of the rows in the batch
     * @param complete receives their results
     * @return how many of the rows were computed
     */
    private int runAgain(Work work, Batch batch, int[] indices, CallResults complete) {
        Work first = inLogSpace(work, indices);
        int[] taken = Arrays.copyOf(indices, Math.min(indices.length, kernels().mostRows(first)));
        Work again = inLogSpace(work, taken);
        CallResults results = kernels().run(again, batch.chosen(taken), null);
        for (int i = 0; i < taken.length; i++) {
            complete.setLogLikelihood(taken[i], results.logLikelihood(i));
        }
        if (work instanceof Work.Conditional all && again instanceof Work.Conditional some) {
            all.takeRows(complete.output(), taken, some, results.output());
        }
        return taken.length;
    }

    private static Work inLogSpace(Work work, int[] indices) {
        Work again = work.again(indices);
        if (again == null) {
            throw new IllegalStateException(work.toString());
        }
        return again;
    }
}
