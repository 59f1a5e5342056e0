package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The binary records of CIFAR-10: for each image one byte with its label, which is left out here,
 * then the red, green and blue planes of 32x32 bytes.
 */
final class CifarFormat implements FileFormat {
    private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
    private static final int LABEL_BYTES = 1;
    private static final int RECORD = LABEL_BYTES + SHAPE.variables();
    private static final int BYTE_VALUES = 256;

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes) {
        return FileFormat.readEach(files, options, file -> file.read(in -> read(file, in)));
    }

    private static Dataset read(SourceFile file, InputStream in) throws IOException {
        DatasetBuilder builder = Dataset.builder(Schema.image(SHAPE, BYTE_VALUES));
        byte[] buffer = new byte[RECORD];
        for (int n = in.readNBytes(buffer, 0, RECORD);
                n > 0;
                n = in.readNBytes(buffer, 0, RECORD)) {
            if (n < RECORD) {
                throw new FileFormatException(
                        file
                                + " ends "
                                + n
                                + " bytes into image "
                                + builder.rows()
                                + ": expected CIFAR-10 records of "
                                + RECORD
                                + " bytes (label, then 32x32 red, green and blue)");
            }
            builder.addBytes(buffer, LABEL_BYTES, 1);
        }
        DataLimits.requireTable(file.path(), builder.rows(), SHAPE.variables());
        return builder.build();
    }
}
