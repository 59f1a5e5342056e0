package io.sluice.runtime;

import java.lang.foreign.MemorySegment;

/**
 * What every call of a kernel library gets; made once for an engine.
 *
 * @param pool threads
 * @param plan a {@code sluice_plan}
 * @param state a {@code sluice_state}
 * @param batch a {@code sluice_batch}, filled before each call
 * @param logLikelihood a float64 for each row of a batch
 * @param flagged a byte for each row of a batch
 */
record NativeCall(
        MemorySegment pool,
        MemorySegment plan,
        MemorySegment state,
        MemorySegment batch,
        MemorySegment logLikelihood,
        MemorySegment flagged) {}
