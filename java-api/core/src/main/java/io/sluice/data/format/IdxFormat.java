package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The IDX format of the MNIST files, unsigned bytes: two zero bytes, the type 8, the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the values. The first dimension
 * counts rows; three dimensions are grey images.
 */
final class IdxFormat implements FileFormat {
    private static final int MAGIC_BYTES = 4;
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int BYTE_VALUES = 256;

    /** Whether a file that starts with these bytes is an IDX file, of whatever type. */
    static boolean isStartedBy(byte[] head) {
        return head.length >= MAGIC_BYTES
                && head[0] == 0
                && head[1] == 0
                && head[2] >= UNSIGNED_BYTE
                && head[2] <= 0x0E
                && head[3] >= 1
                && head[3] <= 8;
    }

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes) {
        return FileFormat.readEach(files, options, file -> file.read(in -> read(file, in)));
    }

    private static Dataset read(SourceFile file, InputStream in) throws IOException {
        byte[] magic = file.readHeader(in, MAGIC_BYTES);
        if (!isStartedBy(magic)) {
            throw new FileFormatException(
                    file
                            + " does not start like an IDX file: expected two zero bytes, the"
                            + " type 8 and the number of dimensions");
        }
        if (magic[2] != UNSIGNED_BYTE) {
            throw new FileFormatException(
                    file
                            + " holds IDX values of type "
                            + magic[2]
                            + ", expected type 8 (unsigned bytes): convert it, to .npy for"
                            + " example");
        }
        int dimensions = magic[3];
        ByteBuffer sizes = ByteBuffer.wrap(file.readHeader(in, dimensions * Integer.BYTES));
        long rows = Integer.toUnsignedLong(sizes.getInt());
        List<Integer> rest = new ArrayList<>();
        long variables = 1;
        while (sizes.hasRemaining()) {
            int size = sizes.getInt();
            rest.add(size);
            // stays over the limit once it is there, so that it cannot overflow
            variables =
                    Math.min(
                            variables * Integer.toUnsignedLong(size),
                            DataLimits.MAXIMUM_VARIABLES + 1L);
        }
        DataLimits.requireTable(file.path(), rows, variables);
        Schema schema =
                rest.size() == 2
                        ? Schema.image(new ImageShape(rest.get(0), rest.get(1), 1), BYTE_VALUES)
                        : Schema.categorical((int) variables, BYTE_VALUES);
        DatasetBuilder builder = Dataset.builder(schema);
        file.readRows(
                in, rows, (int) variables, (bytes, count) -> builder.addBytes(bytes, 0, count));
        return builder.build();
    }
}
