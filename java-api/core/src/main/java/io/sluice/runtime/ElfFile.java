package io.sluice.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Detects a truncated shared library. The system's loader maps such a file without an error, and
 * the process dies at the first access beyond its end.
 */
final class ElfFile {
    private static final int MAGIC = 0x464C457F;
    private static final int HEADER_BYTES = 64;
    private static final int CLASS_OFFSET = 4;
    private static final int CLASS_64 = 2;

    // Offsets in the header of a 64-bit file; sections follow segments.
    private static final int SEGMENTS_OFFSET = 0x20;
    private static final int SECTIONS_OFFSET = 0x28;
    private static final int SEGMENT_SIZE_OFFSET = 0x36;
    private static final int SEGMENT_COUNT_OFFSET = 0x38;
    private static final int SECTION_SIZE_OFFSET = 0x3A;
    private static final int SECTION_COUNT_OFFSET = 0x3C;

    // Offsets in the entry of a segment.
    private static final int FILE_OFFSET = 0x08;
    private static final int FILE_BYTES = 0x20;
    private static final int SEGMENT_BYTES = 56;

    private ElfFile() {}

    /**
     * Whether a file is a 64-bit ELF file that ends before its tables or segments do.
     *
     * @throws IOException when it cannot be read
     */
    static boolean isCutOff(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            ByteBuffer header = read(channel, 0, HEADER_BYTES);
            if (header.remaining() < CLASS_OFFSET + 1
                    || header.getInt(0) != MAGIC
                    || header.get(CLASS_OFFSET) != CLASS_64) {
                return false; // the loader decides
            }
            if (header.remaining() < HEADER_BYTES) {
                return true;
            }
            long segments = header.getLong(SEGMENTS_OFFSET);
            int segmentSize = Short.toUnsignedInt(header.getShort(SEGMENT_SIZE_OFFSET));
            int segmentCount = Short.toUnsignedInt(header.getShort(SEGMENT_COUNT_OFFSET));
            long sections = header.getLong(SECTIONS_OFFSET);
            int sectionSize = Short.toUnsignedInt(header.getShort(SECTION_SIZE_OFFSET));
            int sectionCount = Short.toUnsignedInt(header.getShort(SECTION_COUNT_OFFSET));
            if (!isInside(segments, (long) segmentSize * segmentCount, size)
                    || !isInside(sections, (long) sectionSize * sectionCount, size)
                    || segmentSize < SEGMENT_BYTES) {
                return true;
            }
            ByteBuffer table = read(channel, segments, segmentSize * segmentCount);
            for (int i = 0; i < segmentCount; i++) {
                long offset = table.getLong(i * segmentSize + FILE_OFFSET);
                long bytes = table.getLong(i * segmentSize + FILE_BYTES);
                if (!isInside(offset, bytes, size)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static boolean isInside(long offset, long bytes, long size) {
        return offset >= 0 && bytes >= 0 && bytes <= size && offset <= size - bytes;
    }

    private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long position = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                break;
            }
            position += read;
        }
        return buffer.flip();
    }
}
