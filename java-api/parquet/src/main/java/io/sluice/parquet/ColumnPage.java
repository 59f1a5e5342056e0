package io.sluice.parquet;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.function.Supplier;

/**
 * The values of one column of a row group as they stand in a page: which rows have one, as runs of
 * equal levels behind their length, then the values, plain.
 */
final class ColumnPage {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final StoredType type;
    private final ByteArrayOutputStream levels = new ByteArrayOutputStream();
    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private int level = -1; // of the run that goes on
    private int run;
    private int bits; // truth values that do not fill a byte yet
    private int bitCount;

    ColumnPage(StoredType type) {
        this.type = type;
    }

    void addMissing() {
        level(0);
    }

    /**
     * Adds a value.
     *
     * @return how many bytes it takes
     * @throws IllegalArgumentException or DateTimeException when the column cannot hold it
     */
    int add(String text) {
        byte[] bytes = bytes(text);
        level(1);
        values.writeBytes(bytes);
        return bytes.length;
    }

    private byte[] bytes(String text) {
        return switch (type.kind()) {
            case TEXT -> {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                yield buffer(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8).array();
            }
            case TRUTH -> truth(text);
            case WHOLE -> {
                BigDecimal number = new BigDecimal(text);
                yield switch (type.physical()) {
                    case INT32 -> ofInt(exact(() -> number.intValueExact(), text));
                    default -> ofLong(exact(() -> number.longValueExact(), text));
                };
            }
            case REAL ->
                    switch (type.physical()) {
                        case INT64 -> {
                            BigDecimal number = new BigDecimal(text);
                            yield ofLong(
                                    exact(
                                            () ->
                                                    number.setScale(type.scale())
                                                            .unscaledValue()
                                                            .longValueExact(),
                                            text));
                        }
                        case FLOAT -> buffer(Float.BYTES).putFloat(Float.parseFloat(text)).array();
                        default -> buffer(Double.BYTES).putDouble(Double.parseDouble(text)).array();
                    };
            case DATE -> ofInt(Math.toIntExact(LocalDate.parse(text).toEpochDay()));
            case TIME -> ofLong(LocalTime.parse(text).toNanoOfDay() / NANOS_PER_MICRO);
            case TIMESTAMP -> ofLong(micros(LocalDateTime.parse(text)));
        };
    }

    private static <T> T exact(Supplier<T> number, String text) {
        try {
            return number.get();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private byte[] truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        bits |= (text.equals("true") ? 1 : 0) << bitCount;
        if (++bitCount < Byte.SIZE) {
            return new byte[0];
        }
        byte[] full = {(byte) bits};
        bits = 0;
        bitCount = 0;
        return full;
    }

    private static long micros(LocalDateTime time) {
        return time.toEpochSecond(ZoneOffset.UTC) * MICROS_PER_SECOND
                + time.toLocalTime().toNanoOfDay() / NANOS_PER_MICRO % MICROS_PER_SECOND;
    }

    private static byte[] ofInt(int number) {
        return buffer(Integer.BYTES).putInt(number).array();
    }

    private static byte[] ofLong(long number) {
        return buffer(Long.BYTES).putLong(number).array();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void level(int next) {
        if (next != level) {
            endRun();
            level = next;
        }
        run++;
    }

    private void endRun() {
        if (run > 0) {
            int header = run << 1;
            while (header >>> 7 != 0) {
                levels.write((header & 0x7F) | 0x80);
                header >>>= 7;
            }
            levels.write(header);
            levels.write(level);
        }
        run = 0;
    }

    /** The page; what is added later belongs to the next one. */
    byte[] take() {
        endRun();
        level = -1;
        if (bitCount > 0) {
            values.write(bits);
            bits = 0;
            bitCount = 0;
        }
        byte[] page =
                buffer(Integer.BYTES + levels.size() + values.size())
                        .putInt(levels.size())
                        .put(levels.toByteArray())
                        .put(values.toByteArray())
                        .array();
        levels.reset();
        values.reset();
        return page;
    }
}
