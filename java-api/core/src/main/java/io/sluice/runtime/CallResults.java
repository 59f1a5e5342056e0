package io.sluice.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What a call of the kernels left in the host's memory; valid until the next call.
 *
 * @param count rows of the batch
 * @param logLikelihood a float64 for each row
 * @param flagged a byte for each row
 * @param flaggedRows how many of those are set
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

    /** Whether the values of the row at a place left the range of the fast kernels. */
    boolean isFlagged(int place) {
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

    /** Numbers of the flagged rows. */
    int[] flaggedRows(Batch batch) {
        return Arrays.stream(flaggedPlaces()).map(batch::row).toArray();
    }

    CallResults withFailed(boolean changed) {
        return new CallResults(count, logLikelihood, flagged, flaggedRows, changed, output);
    }

    void copyLogLikelihoods(double[] to, int first) {
        MemorySegment.copy(logLikelihood, ValueLayout.JAVA_DOUBLE, 0, to, first, count);
    }
}
