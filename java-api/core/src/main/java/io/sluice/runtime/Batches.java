package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.data.Dataset;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Fills an engine's {@code sluice_batch}. The data set whose memory it names must stay reachable
 * until the call has returned: callers hold it.
 */
final class Batches {
    /** Most rows that one native call gets; a stop or an error waits for at most these. */
    static final int MOST_ROWS = 4096;

    private final MemorySegment batch;
    private final MemorySegment rows;

    Batches(Slab slab) {
        batch = slab.allocate(sluice_batch.layout().byteSize());
        rows = slab.ints(MOST_ROWS);
    }

    MemorySegment segment() {
        return batch;
    }

    /** Consecutive rows. */
    void consecutive(Dataset data, long first, int count) {
        describe(data, count);
        sluice_batch.rows(batch, MemorySegment.NULL);
        sluice_batch.first(batch, first);
    }

    /** Rows {@code numbers[from]} to {@code numbers[from + count - 1]}. */
    void chosen(Dataset data, int[] numbers, int from, int count) {
        describe(data, count);
        MemorySegment.copy(numbers, from, rows, ValueLayout.JAVA_INT, 0, count);
        sluice_batch.rows(batch, rows);
        sluice_batch.first(batch, 0);
    }

    private void describe(Dataset data, int count) {
        sluice_batch.cell_type(
                batch,
                switch (data.type()) {
                    case U8 -> Kernels.SLUICE_U8();
                    case I32 -> Kernels.SLUICE_I32();
                    case F32 -> Kernels.SLUICE_F32();
                });
        sluice_batch.count(batch, count);
        sluice_batch.cells(batch, data.values());
        MemorySegment missing = data.missing();
        sluice_batch.missing(batch, missing == null ? MemorySegment.NULL : missing);
    }
}
