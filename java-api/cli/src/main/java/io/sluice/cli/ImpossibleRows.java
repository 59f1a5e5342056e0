package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.util.function.Supplier;

/** Names rows without conditional distributions by their place in the data, not in the portion. */
final class ImpossibleRows {
    private ImpossibleRows() {}

    /**
     * Asks an engine something about a portion of data.
     *
     * @throws InvalidArgumentException for the first row of the portion that has probability zero,
     *     if that is what the engine complains of
     */
    static <T> T naming(Engine engine, Dataset portion, long firstRow, Supplier<T> query) {
        try {
            return query.get();
        } catch (InvalidArgumentException e) {
            double[] logLikelihoods = engine.logLikelihood(portion).values();
            for (int row = 0; row < logLikelihoods.length; row++) {
                if (logLikelihoods[row] == Double.NEGATIVE_INFINITY) {
                    throw new InvalidArgumentException(
                            "row "
                                    + (firstRow + row)
                                    + " of the data (counted from 0) has probability zero under the"
                                    + " model, so that nothing follows for its missing cells:"
                                    + " correct or remove it",
                            e);
                }
            }
            throw e;
        }
    }
}
