package io.sluice.runtime;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Collects rows of float32 cells that kernels write, as a data set. */
final class RowResults {
    private static final int MOST_CELLS = 1 << 22;
    private static final int MOST_ROWS = 4096;

    private final DatasetBuilder builder;
    private final int variables;
    private final int perRow;
    private final int rowsAtATime;
    private final double[] row;

    /**
     * @param perRow rows that are written for each row of evidence
     */
    RowResults(Schema schema, int perRow) {
        this.builder = Dataset.builder(schema);
        this.variables = schema.variables();
        this.perRow = perRow;
        long most = MOST_CELLS / ((long) variables * perRow);
        this.rowsAtATime = Math.clamp(most, 1, MOST_ROWS);
        this.row = new double[variables];
    }

    /** Rows of evidence of a call whose results stay small. */
    int rowsAtATime() {
        return rowsAtATime;
    }

    /** Bytes of the results of a call over this many rows of evidence. */
    long bytes(int count) {
        return (long) count * perRow * variables * Float.BYTES;
    }

    /** Adds the results of a call. */
    void take(CallResults results) {
        MemorySegment cells = results.output();
        long rows = (long) results.count() * perRow;
        for (long r = 0; r < rows; r++) {
            for (int v = 0; v < variables; v++) {
                row[v] = cells.getAtIndex(ValueLayout.JAVA_FLOAT, r * variables + v);
            }
            builder.add(row);
        }
    }

    Dataset dataset() {
        return builder.build();
    }
}
