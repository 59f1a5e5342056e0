package io.sluice.model;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Counts the bytes of an interchange file and remembers whether reading them failed, which tells a
 * broken disk from bytes that are no text: the parser reports both as an {@link IOException}.
 */
final class InterchangeStream extends FilterInputStream {
    private long bytes;
    private boolean failed;

    InterchangeStream(InputStream in) {
        super(in);
    }

    /** Number of bytes read so far. */
    long bytes() {
        return bytes;
    }

    /** Whether reading failed. */
    boolean failed() {
        return failed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            int count = super.read(into, offset, length);
            bytes += Math.max(0, count);
            return count;
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }
}
