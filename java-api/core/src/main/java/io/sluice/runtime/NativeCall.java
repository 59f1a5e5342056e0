package io.sluice.runtime;

import java.lang.foreign.MemorySegment;

/**
 * The arguments that calls of a kernel library share. All but the first four are addresses in the
 * memory of the device.
 *
 * @param pool what work runs on
 * @param plan a {@code sluice_plan}
 * @param state a {@code sluice_state}
 * @param batch a {@code sluice_batch}
 * @param logLikelihood a float64 for each row of the batch
 * @param flagged a byte for each row of the batch
 * @param flaggedRows number of flagged rows
 * @param step step size and pseudocount of an update
 * @param failed 1 if an update met statistics that are not finite
 * @param input what a query reads beside the batch
 * @param output what a query writes
 */
record NativeCall(
        MemorySegment pool,
        MemorySegment plan,
        MemorySegment state,
        MemorySegment batch,
        MemorySegment logLikelihood,
        MemorySegment flagged,
        MemorySegment flaggedRows,
        MemorySegment step,
        MemorySegment failed,
        MemorySegment input,
        MemorySegment output) {

    /** The same call with other memory for a query's input and output. */
    NativeCall with(MemorySegment otherInput, MemorySegment otherOutput) {
        return new NativeCall(
                pool,
                plan,
                state,
                batch,
                logLikelihood,
                flagged,
                flaggedRows,
                step,
                failed,
                otherInput,
                otherOutput);
    }
}
