package io.sluice.data;

import org.jspecify.annotations.Nullable;

/**
 * What a reader remembers of the rows of a data set besides their values. Immutable, and safe to
 * share between threads.
 */
public interface SourceRows {
    /** The text that the file has for a cell; null when texts are not kept. */
    @Nullable String text(long row, int variable);

    /** Whether a row holds a value that the schema lacks, so that its cell counts as missing. */
    boolean hasUnseen(long row);

    /** The same for consecutive rows. */
    SourceRows slice(long from, long to);

    /** The same for chosen rows. */
    SourceRows rows(int[] chosen);
}
