package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.GrowingMemory;
import io.sluice.data.ImageShape;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a NumPy array {@code [rows][columns]}, or {@code [rows][height][width]} and {@code
 * [rows][channels][height][width]} of images. Category codes without missing cells are {@code
 * uint8} or {@code int32}, everything else is {@code float64}, with NaN for missing cells.
 */
final class NpySink implements TypedFormat.Sink {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ALIGNMENT = 64;
    private static final int FIXED_HEADER = 10;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private final OutputStream out;
    private final int columns;
    private Dataset.ElementType type; // F32: float64
    private final @Nullable ImageShape image;
    private GrowingMemory values = new GrowingMemory();
    private ByteBuffer row;
    private long rows;

    /** Starts an array of the columns of a schema. */
    static NpySink of(OutputStream out, Schema schema) {
        boolean codes = schema.columns().stream().allMatch(NpySink::isCode);
        return new NpySink(
                out,
                schema.variables(),
                codes ? schema.elementType() : Dataset.ElementType.F32,
                codes ? schema.image() : null);
    }

    private static boolean isCode(Column column) {
        return column.isCategorical() && column.numbers() == null && column.labels().isEmpty();
    }

    /** Starts an array of columns of numbers. */
    NpySink(OutputStream out, int columns) {
        this(out, columns, Dataset.ElementType.F32, null);
    }

    private NpySink(
            OutputStream out, int columns, Dataset.ElementType type, @Nullable ImageShape image) {
        this.out = out;
        this.columns = columns;
        this.type = type;
        this.image = image;
        this.row = row(columns, type);
    }

    private static ByteBuffer row(int columns, Dataset.ElementType type) {
        return ByteBuffer.allocate(columns * bytes(type)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Refuses columns that are no numbers.
     *
     * @param file what would be written, for messages
     */
    static void require(Schema schema, String file) {
        for (Column column : schema.columns()) {
            @Nullable Numbers numbers = column.numbers();
            boolean dated =
                    numbers != null
                            && numbers.quantity().kind() != Quantity.Kind.REAL
                            && numbers.quantity().kind() != Quantity.Kind.WHOLE;
            boolean texts =
                    column.labels().stream()
                            .anyMatch(label -> Double.isNaN(NumberText.parse(label, '.')));
            if (dated || texts) {
                throw refused(file, column.name());
            }
        }
    }

    /** Says that a column cannot be part of an array of numbers. */
    static InvalidArgumentException refused(String file, String column) {
        return new InvalidArgumentException(
                "'"
                        + file
                        + "' would be an array of numbers, but column '"
                        + Shown.text(column)
                        + "' has values that are none: give a name that ends in .csv or .jsonl");
    }

    private static int bytes(Dataset.ElementType type) {
        return switch (type) {
            case U8 -> 1;
            case I32 -> Integer.BYTES;
            case F32 -> Double.BYTES;
        };
    }

    @Override
    public void row(List<TableCell> cells) {
        double[] numbers = new double[columns];
        boolean missing = false;
        for (int i = 0; i < columns; i++) {
            numbers[i] = NumberText.parse(cells.get(i).text(), '.');
            missing |= Double.isNaN(numbers[i]);
        }
        if (missing && type != Dataset.ElementType.F32) {
            widen();
        }
        append(numbers);
        rows++;
    }

    private void append(double[] numbers) {
        row.clear();
        for (double value : numbers) {
            switch (type) {
                case U8 -> row.put((byte) (int) value);
                case I32 -> row.putInt((int) value);
                case F32 -> row.putDouble(value);
            }
        }
        values.append(MemorySegment.ofBuffer(row.flip()), 0, row.limit());
    }

    /** Makes numbers of the codes so far. */
    private void widen() {
        MemorySegment codes = values.toSegment();
        boolean bytes = type == Dataset.ElementType.U8;
        type = Dataset.ElementType.F32;
        values = new GrowingMemory();
        row = row(columns, type);
        double[] numbers = new double[columns];
        for (long r = 0; r < rows; r++) {
            for (int i = 0; i < columns; i++) {
                long at = r * columns + i;
                numbers[i] =
                        bytes
                                ? Byte.toUnsignedInt(codes.get(ValueLayout.JAVA_BYTE, at))
                                : codes.get(INT, at * Integer.BYTES);
            }
            append(numbers);
        }
    }

    @Override
    public void finish() throws IOException {
        String descr =
                switch (type) {
                    case U8 -> "|u1";
                    case I32 -> "<i4";
                    case F32 -> "<f8";
                };
        String header =
                "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape() + "), }";
        int unpadded = FIXED_HEADER + header.length() + 1;
        String padded = header + " ".repeat(-unpadded & (ALIGNMENT - 1)) + "\n";
        out.write(MAGIC);
        out.write(padded.length());
        out.write(padded.length() >>> Byte.SIZE);
        out.write(padded.getBytes(StandardCharsets.US_ASCII));
        MemorySegment all = values.toSegment();
        byte[] part = new byte[1 << 16];
        for (long from = 0; from < all.byteSize(); from += part.length) {
            int length = (int) Math.min(part.length, all.byteSize() - from);
            MemorySegment.copy(all, from, MemorySegment.ofArray(part), 0, length);
            out.write(part, 0, length);
        }
    }

    private String shape() {
        if (image == null) {
            return rows + ", " + columns;
        }
        String size = image.height() + ", " + image.width();
        return image.channels() == 1
                ? rows + ", " + size
                : rows + ", " + image.channels() + ", " + size;
    }
}
