package io.sluice.data.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Element types of {@code .npy} files that can be read. */
enum NpyType {
    U8("u1", 1),
    I32("i4", 4),
    I64("i8", 8),
    F32("f4", 4),
    F64("f8", 8);

    private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private final String code;
    private final int bytes;

    NpyType(String code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The code in a header's {@code descr}, without the byte order. */
    String code() {
        return code;
    }

    int bytes() {
        return bytes;
    }

    boolean isInteger() {
        return this == U8 || this == I32 || this == I64;
    }

    /** An element; 64-bit integers beyond 2^53 are rounded. */
    double read(MemorySegment raw, long index, ByteOrder order) {
        long at = index * bytes;
        return switch (this) {
            case U8 -> raw.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case I32 -> raw.get(order == BIG ? Layouts.I32_BIG : Layouts.I32_LITTLE, at);
            case I64 -> raw.get(order == BIG ? Layouts.I64_BIG : Layouts.I64_LITTLE, at);
            case F32 -> raw.get(order == BIG ? Layouts.F32_BIG : Layouts.F32_LITTLE, at);
            case F64 -> raw.get(order == BIG ? Layouts.F64_BIG : Layouts.F64_LITTLE, at);
        };
    }

    /** Constants, so that access compiles to plain loads. */
    private static final class Layouts {
        static final ValueLayout.OfInt I32_BIG = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG);
        static final ValueLayout.OfInt I32_LITTLE =
                ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
        static final ValueLayout.OfLong I64_BIG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG);
        static final ValueLayout.OfLong I64_LITTLE =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
        static final ValueLayout.OfFloat F32_BIG = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(BIG);
        static final ValueLayout.OfFloat F32_LITTLE =
                ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
        static final ValueLayout.OfDouble F64_BIG =
                ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(BIG);
        static final ValueLayout.OfDouble F64_LITTLE =
                ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE);
    }
}
