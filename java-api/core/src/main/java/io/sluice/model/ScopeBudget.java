package io.sluice.model;

import io.sluice.FileFormatException;

/**
 * Bounds what the scopes of a circuit take that a file describes: a product keeps a bit for each
 * variable from its first to its last, which a file names in a few bytes.
 */
final class ScopeBudget {
    private static final long BYTES_ALWAYS_GRANTED = 1L << 26;

    /** A tied chain of 100,000 steps, the most lopsided circuit of use, needs half of this. */
    private static final long BYTES_PER_FILE_BYTE = 128;

    private final long granted;
    private long used;

    /**
     * @param fileBytes size of the text or section that describes the circuit
     */
    ScopeBudget(long fileBytes) {
        granted = BYTES_ALWAYS_GRANTED + BYTES_PER_FILE_BYTE * fileBytes;
    }

    /**
     * Takes what a product over the variables from one to another needs.
     *
     * @param what the product as the message names it
     * @throws FileFormatException when it is more than the file explains
     */
    void take(int firstVariable, int lastVariable, String what) {
        used += ((long) lastVariable - firstVariable) / Byte.SIZE + Long.BYTES;
        if (used > granted) {
            throw new FileFormatException(
                    "scopes of more than "
                            + granted
                            + " bytes by "
                            + what
                            + ", which the size of the file does not explain: the file is damaged,"
                            + " write or copy it again");
        }
    }
}
