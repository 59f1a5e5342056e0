package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Fills a {@code sluice_batch}. */
final class BatchStruct {
    private BatchStruct() {}

    static int cellType(Dataset data) {
        return switch (data.type()) {
            case U8 -> Kernels.SLUICE_U8();
            case I32 -> Kernels.SLUICE_I32();
            case F32 -> Kernels.SLUICE_F32();
        };
    }

    /** Describes a batch whose rows of cells are contiguous. */
    static void fill(
            MemorySegment batch,
            Batch rows,
            MemorySegment cells,
            @Nullable MemorySegment missing,
            MemorySegment numbers) {
        sluice_batch.cell_type(batch, cellType(rows.data()));
        sluice_batch.count(batch, rows.count());
        sluice_batch.cells(batch, cells);
        sluice_batch.missing(batch, missing == null ? MemorySegment.NULL : missing);
        sluice_batch.rows(batch, numbers);
        sluice_batch.first(batch, 0);
    }
}
