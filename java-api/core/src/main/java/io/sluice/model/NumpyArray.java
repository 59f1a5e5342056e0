package io.sluice.model;

import io.sluice.FileFormatException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An array of numbers inside a pickle, in C order. Its bytes are a slice of the file's.
 *
 * @param type {@code f4}, {@code f8}, {@code i4}, {@code i8} or {@code b1}, little endian
 */
record NumpyArray(String type, long[] shape, MemorySegment bytes) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    NumpyArray {
        long count = 1;
        for (long size : shape) {
            if (size < 0 || (size != 0 && count > Long.MAX_VALUE / size)) {
                throw new FileFormatException(
                        "an array of the shape " + Arrays.toString(shape) + damage());
            }
            count *= size;
        }
        int width = width(type);
        if (bytes.byteSize() / width != count || bytes.byteSize() % width != 0) {
            throw new FileFormatException(
                    "an array of the shape "
                            + Arrays.toString(shape)
                            + " and "
                            + bytes.byteSize()
                            + " bytes"
                            + damage());
        }
    }

    private static int width(String type) {
        return switch (type) {
            case "f4", "i4" -> 4;
            case "f8", "i8" -> 8;
            case "b1" -> 1;
            default ->
                    throw new FileFormatException(
                            "an array of an unknown type, expected f4, f8, i4, i8 or b1: give a"
                                    + " file that PyJuice wrote");
        };
    }

    long count() {
        return bytes.byteSize() / width(type);
    }

    double number(long index) {
        return switch (type) {
            case "f4" -> bytes.getAtIndex(FLOAT, index);
            case "f8" -> bytes.getAtIndex(DOUBLE, index);
            case "b1" -> bytes.get(ValueLayout.JAVA_BYTE, index);
            default -> whole(index);
        };
    }

    private long whole(long index) {
        return type.equals("i4")
                ? bytes.get(SectionReader.INT, index * Integer.BYTES)
                : bytes.get(SectionReader.LONG, index * Long.BYTES);
    }

    /** A number that is an index of something. */
    int index(long at, long limit, String what) {
        double number = number(at);
        if (!(number >= 0 && number < limit) || number != Math.rint(number)) {
            throw new FileFormatException(
                    what + " " + number + ", expected 0 to " + (limit - 1) + damage());
        }
        return (int) number;
    }

    private static String damage() {
        return ": the file is damaged, write or copy it again";
    }
}
