package io.sluice.parquet;

import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedFormat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Parquet files with one level of columns: texts, truth values, numbers, dates, times and
 * timestamps. Hardwood reads them, plain or compressed; files are written with gzip, in row groups
 * that fit in memory.
 */
public final class ParquetFormat implements TypedFormat {
    static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /** The service loader makes one. */
    public ParquetFormat() {}

    @Override
    public List<String> endings() {
        return List.of(".parquet");
    }

    @Override
    public boolean isStartedBy(byte[] head) {
        return Arrays.equals(Arrays.copyOf(head, MAGIC.length), MAGIC);
    }

    @Override
    public List<TypedColumn> columns(Path file) {
        return ParquetReader.columns(file);
    }

    @Override
    public void scan(Path file, List<TypedColumn> columns, Rows rows) {
        ParquetReader.scan(file, columns, rows);
    }

    @Override
    public Sink sink(OutputStream out, List<TypedColumn> columns) throws IOException {
        return new ParquetSink(out, columns);
    }
}
