package io.sluice.runtime;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Computes flagged rows again. Linear kernels flag the rows whose values leave the range of float32
 * and leave them out; this runner hands those rows to the log-space kernels and puts their results
 * where the linear kernels left gaps, so nobody after it meets a flagged row.
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
        int[] places = results.flaggedPlaces();
        CallResults complete = results.copy(work.outputBytes());
        int done = 0;
        while (done < places.length) {
            done +=
                    runAgain(
                            work, batch, Arrays.copyOfRange(places, done, places.length), complete);
        }
        return work.updates() ? complete.withFailed(kernels().update()) : complete;
    }

    /**
     * Computes rows in log-space, at most as many as fit.
     *
     * @param places of the rows in the batch
     * @param complete receives their results
     * @return how many of the rows were computed
     */
    private int runAgain(Work work, Batch batch, int[] places, CallResults complete) {
        Work first = inLogSpace(work, places);
        int[] taken = Arrays.copyOf(places, Math.min(places.length, kernels().mostRows(first)));
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

    private static Work inLogSpace(Work work, int[] places) {
        Work again = work.again(places);
        if (again == null) {
            throw new IllegalStateException(work.toString());
        }
        return again;
    }
}
