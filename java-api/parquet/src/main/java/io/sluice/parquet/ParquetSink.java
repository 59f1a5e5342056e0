package io.sluice.parquet;

import io.sluice.InvalidArgumentException;
import io.sluice.data.format.TableCell;
import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedFormat;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a Parquet file: each row group has one page of plain values for each column, compressed
 * with gzip.
 */
final class ParquetSink implements TypedFormat.Sink {
    private static final int ROWS_PER_GROUP = 1 << 17;
    private static final int BYTES_PER_GROUP = 1 << 26;

    private final OutputStream out;
    private final List<TypedColumn> columns;
    private final List<StoredType> types;
    private final List<ColumnPage> pages = new ArrayList<>();
    private final List<RowGroup> groups = new ArrayList<>();
    private long position;
    private long rows;
    private int rowsInGroup;
    private long bytesInGroup;

    ParquetSink(OutputStream out, List<TypedColumn> columns) throws IOException {
        this.out = out;
        this.columns = columns;
        this.types = columns.stream().map(StoredType::of).toList();
        types.forEach(type -> pages.add(new ColumnPage(type)));
        write(ParquetFormat.MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    @Override
    public void row(List<TableCell> cells) throws IOException {
        for (int i = 0; i < types.size(); i++) {
            TableCell cell = cells.get(i);
            if (cell.raw().isEmpty() && !cell.quoted()) {
                pages.get(i).addMissing();
            } else {
                try {
                    bytesInGroup += pages.get(i).add(cell.text());
                } catch (IllegalArgumentException | DateTimeException e) {
                    throw new InvalidArgumentException(
                            "column '"
                                    + columns.get(i).name()
                                    + "' of the Parquet file holds "
                                    + types.get(i).title()
                                    + " and cannot hold '"
                                    + cell.text()
                                    + "': write CSV instead",
                            e);
                }
            }
        }
        rowsInGroup++;
        if (rowsInGroup == ROWS_PER_GROUP || bytesInGroup > BYTES_PER_GROUP) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        List<ColumnChunk> chunks = new ArrayList<>();
        long size = 0;
        for (int i = 0; i < types.size(); i++) {
            byte[] plain = pages.get(i).take();
            byte[] packed = gzip(plain);
            PageHeader header =
                    new PageHeader(PageType.DATA_PAGE, plain.length, packed.length)
                            .setData_page_header(
                                    new DataPageHeader(
                                            rowsInGroup,
                                            Encoding.PLAIN,
                                            Encoding.RLE,
                                            Encoding.RLE));
            ByteArrayOutputStream headerBytes = new ByteArrayOutputStream();
            Util.writePageHeader(header, headerBytes);
            long start = position;
            write(headerBytes.toByteArray());
            write(packed);
            long unpacked = (long) headerBytes.size() + plain.length;
            size += unpacked;
            chunks.add(
                    new ColumnChunk(start)
                            .setMeta_data(
                                    new ColumnMetaData(
                                            types.get(i).physical(),
                                            List.of(Encoding.PLAIN, Encoding.RLE),
                                            List.of(columns.get(i).name()),
                                            CompressionCodec.GZIP,
                                            rowsInGroup,
                                            unpacked,
                                            position - start,
                                            start)));
        }
        groups.add(new RowGroup(chunks, size, rowsInGroup));
        rows += rowsInGroup;
        rowsInGroup = 0;
        bytesInGroup = 0;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    @Override
    public void finish() throws IOException {
        if (rowsInGroup > 0) {
            endGroup();
        }
        List<SchemaElement> schema = new ArrayList<>();
        schema.add(new SchemaElement("schema").setNum_children(types.size()));
        for (int i = 0; i < types.size(); i++) {
            SchemaElement element =
                    new SchemaElement(columns.get(i).name())
                            .setType(types.get(i).physical())
                            .setRepetition_type(FieldRepetitionType.OPTIONAL);
            types.get(i).annotate(element);
            schema.add(element);
        }
        ByteArrayOutputStream footer = new ByteArrayOutputStream();
        Util.writeFileMetaData(
                new FileMetaData(1, schema, rows, groups).setCreated_by("sluice"), footer);
        write(footer.toByteArray());
        write(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(footer.size())
                        .array());
        write(ParquetFormat.MAGIC);
        out.flush();
    }
}
