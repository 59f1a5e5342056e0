package io.sluice.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a call of the kernels wrote to the host's memory. The memory is valid until the next call.
 *
 * @param count rows of the batch
 * @param logLikelihood a float64 for each row
 * @param flagged a byte for each row
 * @param flaggedRows how many rows are flagged, because they left the range of the linear kernels
 * @param failed whether an update met statistics that are not finite
 * @param output the other results of the work
 */
record CallResults(
        int count,
        MemorySegment logLikelihood,
        MemorySegment flagged,
        int flaggedRows,
        boolean failed,
        MemorySegment output) {

    /** Log-likelihood of the row with an index in the batch. */
    double logLikelihood(int index) {
        return logLikelihood.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
    }

    /** Whether the values of a row left the range of the linear kernels. */
    private boolean isFlagged(int index) {
        return flagged.get(ValueLayout.JAVA_BYTE, index) != 0;
    }

    /** Indices of the flagged rows in the batch. */
    int[] flaggedIndices() {
        int[] indices = new int[flaggedRows];
        int found = 0;
        for (int i = 0; found < flaggedRows; i++) {
            if (isFlagged(i)) {
                indices[found++] = i;
            }
        }
        return indices;
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

    /** Replaces the log-likelihood of the row with an index in the batch. */
    void setLogLikelihood(int index, double value) {
        logLikelihood.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
    }

    CallResults withFailed(boolean failed) {
        return new CallResults(count, logLikelihood, flagged, flaggedRows, failed, output);
    }

    void copyLogLikelihoods(double[] to, int first) {
        MemorySegment.copy(logLikelihood, ValueLayout.JAVA_DOUBLE, 0, to, first, count);
    }
}
