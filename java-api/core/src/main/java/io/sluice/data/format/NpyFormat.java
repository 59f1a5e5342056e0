package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * NumPy's {@code .npy} format, versions 1 to 3, C order, of u8, i32, i64, f32 or f64. The first
 * dimension counts rows; shapes {@code (N, height, width)} and {@code (N, 1 or 3, height, width)}
 * of bytes are images.
 *
 * <p>Without a schema, integers that are nowhere negative are categories, as many for every column,
 * up to the largest value of the first array (256 for bytes over 127); other arrays are continuous,
 * NaN being a missing cell.
 */
final class NpyFormat implements FileFormat {
    private static final int BYTE_VALUES = 256;
    private static final int LARGEST_GUESSED_CODE = (1 << 16) - 1;

    private record Array(SourceFile file, NpyHeader header) {

        /** Visits the values row by row; the row is valid during the call only. */
        void visit(Consumer<double[]> visitor) {
            double[] row = new double[header.variables()];
            int rowBytes = row.length * header.type().bytes();
            file.read(
                    in -> {
                        NpyHeader.read(file, in);
                        file.readRows(
                                in,
                                header.rows(),
                                rowBytes,
                                (bytes, count) -> visit(bytes, count, row, visitor));
                        return true;
                    });
        }

        private void visit(byte[] bytes, int count, double[] row, Consumer<double[]> visitor) {
            MemorySegment raw = MemorySegment.ofArray(bytes);
            for (int r = 0; r < count; r++) {
                for (int v = 0; v < row.length; v++) {
                    row[v] = header.type().read(raw, r * row.length + v, header.order());
                }
                visitor.accept(row);
            }
        }
    }

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes) {
        List<Array> arrays = new ArrayList<>();
        for (SourceFile file : files) {
            arrays.add(new Array(file, file.read(in -> NpyHeader.read(file, in))));
        }
        @Nullable Schema remembered = options.schema();
        Schema natural = guess(arrays);
        List<Dataset> parts = new ArrayList<>();
        for (Array array : arrays) {
            parts.add(Conform.to(encode(array, natural), remembered, array.file().toString()));
        }
        return parts;
    }

    private static Schema guess(List<Array> arrays) {
        Array first = arrays.get(0);
        boolean integers = true;
        double[] range = {0, 1}; // a column of zeros only is still binary
        for (Array array : arrays) {
            if (array.header().variables() != first.header().variables()) {
                throw new FileFormatException(
                        array.file()
                                + " has rows of "
                                + array.header().variables()
                                + " values, "
                                + first.file()
                                + " of "
                                + first.header().variables()
                                + ": these numbers must be equal");
            }
            integers &= array.header().type().isInteger();
        }
        if (integers) {
            first.visit(
                    row -> {
                        for (double value : row) {
                            range[0] = Math.min(range[0], value);
                            range[1] = Math.max(range[1], value);
                        }
                    });
        }
        double low = range[0];
        double high = range[1];
        int variables = first.header().variables();
        if (!integers || low < 0 || high > LARGEST_GUESSED_CODE) {
            return Schema.continuous(variables);
        }
        boolean bytes = high >= BYTE_VALUES / 2 && high < BYTE_VALUES;
        int categories = bytes ? BYTE_VALUES : (int) high + 1;
        @Nullable ImageShape image = first.header().image();
        return image == null
                ? Schema.categorical(variables, categories)
                : Schema.image(image, categories);
    }

    private static Dataset encode(Array array, Schema schema) {
        DatasetBuilder builder = Dataset.builder(schema);
        if (array.header().type() == NpyType.U8 && schema.elementType() == Dataset.ElementType.U8) {
            encodeBytes(array, builder);
            return builder.build();
        }
        array.visit(
                row -> {
                    for (int v = 0; v < row.length; v++) {
                        if (Math.abs(row[v]) > Float.MAX_VALUE) {
                            throw UnrepresentableValue.inCell(
                                    array.file().toString(),
                                    builder.rows(),
                                    schema.column(v),
                                    v,
                                    Double.toString(row[v]));
                        }
                    }
                    builder.add(row);
                });
        return builder.build();
    }

    private static void encodeBytes(Array array, DatasetBuilder builder) {
        SourceFile file = array.file();
        file.read(
                in -> {
                    NpyHeader header = NpyHeader.read(file, in);
                    file.readRows(
                            in,
                            header.rows(),
                            header.variables(),
                            (bytes, count) -> builder.addBytes(bytes, 0, count));
                    return true;
                });
    }
}
