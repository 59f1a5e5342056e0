package io.sluice.model;

import io.sluice.FileFormatException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a section of a model file from its start to its end. It allocates nothing before it knows
 * that the section has the bytes to fill it.
 */
final class SectionReader {
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String section;
    private final MemorySegment bytes;
    private long position;

    SectionReader(String section, MemorySegment bytes) {
        this.section = section;
        this.bytes = bytes;
    }

    int readInt(String what) {
        return bytes.get(INT, advance(Integer.BYTES, what));
    }

    long readLong(String what) {
        return bytes.get(LONG, advance(Long.BYTES, what));
    }

    double readDouble(String what) {
        return Double.longBitsToDouble(readLong(what));
    }

    /** Reads the number of things that follow, each of at least {@code bytesEach} bytes. */
    int readCount(String what, int bytesEach) {
        int count = readInt("the number of " + what);
        checkCount(count, what, bytesEach);
        return count;
    }

    /** Checks that this many things can follow. */
    void checkCount(int count, String what, int bytesEach) {
        if (count < 0 || (long) count * bytesEach > remaining()) {
            throw damaged(
                    Integer.toUnsignedString(count)
                            + " "
                            + what
                            + ", but "
                            + remaining()
                            + " bytes left");
        }
    }

    int[] readInts(long count, String what) {
        if (count < 0 || count > remaining() / Integer.BYTES || count > Integer.MAX_VALUE - 8) {
            throw damaged(count + " " + what + ", but " + remaining() + " bytes left");
        }
        int[] values = new int[(int) count];
        long from = advance(count * Integer.BYTES, what);
        MemorySegment.copy(bytes, INT, from, values, 0, values.length);
        return values;
    }

    String readText(String what) {
        int length = readCount("bytes of " + what, 1);
        byte[] utf8 = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, advance(length, what), utf8, 0, length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new FileFormatException(damage(what + " that is no UTF-8 text"), e);
        }
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    void checkEnd() {
        if (remaining() != 0) {
            throw damaged(remaining() + " bytes after its end");
        }
    }

    FileFormatException damaged(String what) {
        return new FileFormatException(damage(what));
    }

    private String damage(String what) {
        return "the " + section + " section has " + what + " (at byte " + position + " of it)";
    }

    private long advance(long length, String what) {
        if (length > remaining()) {
            throw damaged("no room for " + what);
        }
        long at = position;
        position += length;
        return at;
    }
}
