package io.sluice.tests;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Engine;

/** Rows that can be conditioned on. */
final class PossibleRows {
    private PossibleRows() {}

    /** The rows whose probability is not zero. */
    static Dataset of(Engine engine, Dataset rows) {
        double[] logs = engine.logLikelihood(rows).values();
        DatasetBuilder builder = Dataset.builder(rows.schema());
        for (int r = 0; r < logs.length; r++) {
            if (logs[r] > Double.NEGATIVE_INFINITY) {
                builder.add(Rows.row(rows, r));
            }
        }
        return builder.build();
    }
}
