package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.OutOfMemoryException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Copies bytes of a file into memory outside the Java heap. It does not map the file: if another
 * program truncated a mapped file, the next access would end the JVM, and if it wrote to the file,
 * numbers would change after they were checked.
 */
final class FileCopy {
    /** A byte buffer ends before 2^31 bytes. */
    private static final long PORTION_BYTES = 1L << 26;

    /** A cache line, the largest alignment that kernels ask for. */
    private static final long ALIGNMENT_BYTES = 64;

    private FileCopy() {}

    /**
     * Copies a range of a file.
     *
     * @param arena decides how long the copy lives
     * @throws FileFormatException when the file ends before the range does
     * @throws OutOfMemoryException when there is no room for the copy
     */
    static MemorySegment of(FileChannel file, long offset, long length, Arena arena)
            throws IOException {
        MemorySegment copy = allocate(length, arena);
        for (long at = 0; at < length; at += PORTION_BYTES) {
            long size = Math.min(PORTION_BYTES, length - at);
            ByteBuffer portion = copy.asSlice(at, size).asByteBuffer();
            while (portion.hasRemaining()) {
                if (file.read(portion, offset + at + portion.position()) < 0) {
                    throw new FileFormatException(
                            "the file ends at byte "
                                    + (offset + at + portion.position())
                                    + ", expected "
                                    + (offset + length)
                                    + " bytes: it was truncated while it was read, copy it again");
                }
            }
        }
        return copy;
    }

    private static MemorySegment allocate(long bytes, Arena arena) {
        try {
            return arena.allocate(bytes, ALIGNMENT_BYTES);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "no room for "
                            + bytes
                            + " bytes of the file outside the Java heap: raise"
                            + " -XX:MaxDirectMemorySize, or free memory",
                    e);
        }
    }
}
