package io.sluice.runtime;

import io.sluice.data.Dataset;

/** Which rows the kernels of an engine hand on to those that compute in log-space. */
public final class RowsInLogSpace {
    private RowsInLogSpace() {}

    /** How many of the rows. */
    public static int count(Engine engine, Dataset rows) {
        KernelRunner runner = ((NativeEngine) engine).runner();
        runner.enter();
        Work forward = new Work.Forward(runner.arithmetic());
        int[] count = new int[1];
        SelectedRows.all(rows)
                .forEachBatch(
                        runner.mostRows(forward),
                        (batch, from, next) ->
                                count[0] += runner.run(forward, batch, next).flaggedRows());
        return count[0];
    }
}
