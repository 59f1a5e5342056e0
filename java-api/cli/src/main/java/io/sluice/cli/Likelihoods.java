package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.runtime.LogLikelihoods;

import java.io.IOException;
import java.util.Locale;

/** Log-likelihoods of all rows, with progress. */
final class Likelihoods {
    private Likelihoods() {}

    static LogLikelihoods of(Session session, Engine engine, Dataset data) throws IOException {
        double[] values = new double[Math.toIntExact(data.rows())];
        try (Progress progress = session.progress("log-likelihood", data.rows())) {
            Portions.each(
                    data,
                    progress,
                    (portion, firstRow) -> {
                        double[] part = engine.logLikelihood(portion).values();
                        System.arraycopy(part, 0, values, (int) firstRow, part.length);
                    });
        }
        return new LogLikelihoods(values, data.variables());
    }

    /** The mean as a line for people. */
    static String describe(String what, LogLikelihoods found) {
        return String.format(
                Locale.ROOT,
                "%s: %.4f nats per sample, %.4f bits per dimension",
                what,
                found.mean(),
                found.bitsPerDimension());
    }
}
