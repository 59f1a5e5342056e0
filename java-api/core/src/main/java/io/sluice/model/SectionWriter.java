package io.sluice.model;

import io.sluice.InvalidArgumentException;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects the bytes of a section; the counterpart of {@link SectionReader}. */
final class SectionWriter {
    private static final int INITIAL_BYTES = 1 << 12;

    /** Largest array that every JVM can make. */
    private static final int MAXIMUM_BYTES = Integer.MAX_VALUE - 8;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;

    void writeInt(int value) {
        int at = advance(Integer.BYTES);
        MemorySegment.ofArray(bytes).set(SectionReader.INT, at, value);
    }

    void writeLong(long value) {
        int at = advance(Long.BYTES);
        MemorySegment.ofArray(bytes).set(SectionReader.LONG, at, value);
    }

    void writeDouble(double value) {
        writeLong(Double.doubleToRawLongBits(value));
    }

    void writeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeInt(utf8.length);
        int at = advance(utf8.length);
        System.arraycopy(utf8, 0, bytes, at, utf8.length);
    }

    /** Makes room for more bytes, perhaps in a new array; returns their offset. */
    private int advance(int length) {
        long needed = (long) size + length;
        if (needed > MAXIMUM_BYTES) {
            throw new InvalidArgumentException(
                    "a section of a model file would have more than "
                            + MAXIMUM_BYTES
                            + " bytes: build the circuit from larger blocks");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAXIMUM_BYTES, 2 * needed));
        }
        int at = size;
        size = (int) needed;
        return at;
    }

    MemorySegment bytes() {
        return MemorySegment.ofArray(bytes).asSlice(0, size);
    }
}
