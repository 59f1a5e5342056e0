package io.sluice.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a call of the kernels left in the host's memory. The memory is valid until the next call.
 *
 * @param count rows of the batch
 * @param logLikelihood a float64 for each row
 * @param flagged a byte for each row
 * @param flaggedRows how many of those are set: rows that left the range of the linear kernels
 * @param failed whether an update met statistics that are not finite
 * @param output what else was asked for
 */
record CallResults(
        int count,
        MemorySegment logLikelihood,
        MemorySegment flagged,
        int flaggedRows,
        boolean failed,
        MemorySegment output) {

    /** Of the row at a place of the batch. */
    double logLikelihood(int place) {
        return logLikelihood.getAtIndex(ValueLayout.JAVA_DOUBLE, place);
    }

    /** Whether the values of the row at a place left the range of the linear kernels. */
    private boolean isFlagged(int place) {
        return flagged.get(ValueLayout.JAVA_BYTE, place) != 0;
    }

    /** Places of the flagged rows. */
    int[] flaggedPlaces() {
        int[] places = new int[flaggedRows];
        int found = 0;
        for (int i = 0; found < flaggedRows; i++) {
            if (isFlagged(i)) {
                places[found++] = i;
            }
        }
        return places;
    }

    /**
     * A copy that stays valid.
     *
     * @param outputBytes how much of the output there is
     */
    CallResults copy(long outputBytes) {
        return new CallResults(
                count,
                copy(logLikelihood, (long) Double.BYTES * count),
                copy(flagged, count),
                flaggedRows,
                failed,
                copy(output, outputBytes));
    }

    private static MemorySegment copy(MemorySegment from, long bytes) {
        MemorySegment copy = Arena.ofAuto().allocate(bytes, Double.BYTES);
        MemorySegment.copy(from, 0, copy, 0, bytes);
        return copy;
    }

    /** Replaces the result of the row at a place of the batch. */
    void setLogLikelihood(int place, double value) {
        logLikelihood.setAtIndex(ValueLayout.JAVA_DOUBLE, place, value);
    }

    CallResults withFailed(boolean changed) {
        return new CallResults(count, logLikelihood, flagged, flaggedRows, changed, output);
    }

    void copyLogLikelihoods(double[] to, int first) {
        MemorySegment.copy(logLikelihood, ValueLayout.JAVA_DOUBLE, 0, to, first, count);
    }
}
