package io.sluice.data;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * NumPy's {@code .npy} format, versions 1 to 3, C order, of u8, i32, i64, f32 or f64. The first
 * dimension counts rows; shapes {@code (N, height, width)} and {@code (N, 1 or 3, height, width)}
 * of bytes are images.
 *
 * <p>Without a schema, integers that are nowhere negative are categories, as many for every column,
 * up to the largest value of the whole array (256 for bytes over 127); other arrays are continuous,
 * NaN being a missing cell.
 */
final class NpyFormat implements FileFormat {
    private static final int BYTE_VALUES = 256;
    private static final int LARGEST_GUESSED_CODE = (1 << 16) - 1;

    private record Loaded(SourceFile file, NpyHeader header, MemorySegment raw) {
        double value(long cell) {
            return header.type().read(raw, cell, header.order());
        }

        long cells() {
            return header.rows() * header.variables();
        }
    }

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options) {
        List<Loaded> loaded = new ArrayList<>();
        for (SourceFile file : files) {
            loaded.add(file.read(in -> load(file, in)));
        }
        @Nullable Schema remembered = options.schema();
        Schema natural = guess(loaded);
        List<Dataset> parts = new ArrayList<>();
        for (Loaded array : loaded) {
            parts.add(Conform.to(encode(array, natural), remembered, array.file().toString()));
        }
        return parts;
    }

    private static Loaded load(SourceFile file, InputStream in) throws IOException {
        NpyHeader header = NpyHeader.read(file, in);
        long bytes = header.rows() * header.variables();
        return new Loaded(file, header, file.readRest(in, bytes * header.type().bytes()));
    }

    private static Schema guess(List<Loaded> arrays) {
        Loaded first = arrays.get(0);
        boolean integers = true;
        double low = 0;
        double high = 1; // a column of zeros only is still binary
        for (Loaded array : arrays) {
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
            if (integers) {
                for (long cell = 0; cell < array.cells(); cell++) {
                    double value = array.value(cell);
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
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

    private static Dataset encode(Loaded array, Schema schema) {
        NpyHeader header = array.header();
        if (header.type() == NpyType.U8 && schema.elementType() == Dataset.ElementType.U8) {
            return new Dataset(schema, header.rows(), array.raw(), null);
        }
        DatasetBuilder builder = Dataset.builder(schema);
        double[] row = new double[header.variables()];
        long cell = 0;
        for (long r = 0; r < header.rows(); r++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = array.value(cell++);
                if (Math.abs(row[v]) > Float.MAX_VALUE) {
                    throw UnrepresentableValue.inCell(
                            array.file().toString(),
                            r,
                            schema.column(v),
                            v,
                            Double.toString(row[v]));
                }
            }
            builder.add(row);
        }
        return builder.build();
    }
}
