package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;

/** Runs queries over the rows of a data set, batch by batch. */
final class RowQueries {
    private final Circuit circuit;
    private final KernelRunner runner;
    private final LeafDistributions leaves;

    RowQueries(LeafDistributions leaves, KernelRunner runner) {
        this.circuit = leaves.circuit();
        this.leaves = leaves;
        this.runner = runner;
    }

    LogLikelihoods logLikelihood(Dataset data) {
        SelectedRows rows = SelectedRows.all(data);
        double[] values = new double[rows.count()];
        Work work = new Work.Forward(runner.arithmetic());
        rows.forEachBatch(
                runner.mostRows(work),
                (batch, from, next) -> {
                    CallResults results = runner.run(work, batch, next);
                    results.copyLogLikelihoods(values, from);
                });
        return new LogLikelihoods(values, circuit.variables());
    }

    /** How many rows leave the range of the linear kernels. */
    int flaggedRows(SelectedRows rows) {
        int[] flagged = new int[1];
        Work work = new Work.Forward(runner.arithmetic());
        rows.forEachBatch(
                runner.mostRows(work),
                (batch, from, next) -> flagged[0] += runner.run(work, batch, next).flaggedRows());
        return flagged[0];
    }

    Conditionals conditionals(Dataset evidence) {
        ConditionalCells cells = new ConditionalCells(evidence, leaves);
        SelectedRows.all(evidence)
                .forEachBatch(
                        cells.rowsAtATime(),
                        (batch, from, next) -> {
                            Work.Conditional work = cells.choose(batch, runner.arithmetic());
                            CallResults results = runner.run(work, batch, null);
                            for (int i = 0; i < batch.count(); i++) {
                                cells.take(i, batch.row(i), work, results);
                            }
                        });
        return cells.result();
    }

    Dataset sample(Dataset evidence, int perRow, long seed) {
        RowResults drawn = new RowResults(CompletedSchema.of(circuit, evidence.schema()), perRow);
        SelectedRows.all(evidence)
                .forEachBatch(
                        Math.min(
                                drawn.rowsAtATime(),
                                runner.mostRows(new Work.Sample(perRow, seed, 0, 0))),
                        (batch, from, next) -> {
                            Work work =
                                    new Work.Sample(
                                            perRow,
                                            seed,
                                            (long) from * perRow,
                                            drawn.bytes(batch.count()));
                            CallResults results = runner.run(work, batch, null);
                            for (int i = 0; i < batch.count(); i++) {
                                requirePossible(batch.row(i), results.logLikelihood(i));
                            }
                            drawn.take(results);
                        });
        return drawn.dataset();
    }

    static void requirePossible(long row, double logLikelihood) {
        if (logLikelihood == Double.NEGATIVE_INFINITY) {
            throw new InvalidArgumentException(
                    "row "
                            + row
                            + " has probability zero under the circuit, so nothing can be"
                            + " conditioned on it: correct the row or leave it out");
        }
    }

    MaxProduct maxProduct(Dataset evidence) {
        SelectedRows rows = SelectedRows.all(evidence);
        double[] logValues = new double[rows.count()];
        RowResults decoded = new RowResults(CompletedSchema.of(circuit, evidence.schema()), 1);
        rows.forEachBatch(
                Math.min(decoded.rowsAtATime(), runner.mostRows(new Work.MaxProduct(0))),
                (batch, from, next) -> {
                    Work work = new Work.MaxProduct(decoded.bytes(batch.count()));
                    CallResults results = runner.run(work, batch, null);
                    results.copyLogLikelihoods(logValues, from);
                    decoded.take(results);
                });
        return new MaxProduct(logValues, decoded.dataset());
    }
}
