package io.sluice.data.format;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes PNG files of 8 bits a channel, grey or RGB (W3C PNG specification, sections 5 and 11). The
 * JDK's image classes are in a module that small runtimes leave out.
 */
final class PngEncoder {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int BITS = 8;
    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int NO_FILTER = 0;

    private PngEncoder() {}

    /**
     * Writes an image.
     *
     * @param pixels {@code [height][width][channels]}, bytes
     * @param channels 1 or 3
     */
    static void write(OutputStream out, byte[] pixels, int height, int width, int channels)
            throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        data.write(SIGNATURE);

        ByteArrayOutputStream headerBytes = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(headerBytes);
        header.writeInt(width);
        header.writeInt(height);
        header.writeByte(BITS);
        header.writeByte(channels == 1 ? GREY : RGB);
        header.write(new byte[3]); // the only compression, filter and interlace methods wanted
        writeChunk(data, "IHDR", headerBytes.toByteArray());

        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
            int line = width * channels;
            for (int row = 0; row < height; row++) {
                deflater.write(NO_FILTER);
                deflater.write(pixels, row * line, line);
            }
        }
        writeChunk(data, "IDAT", compressed.toByteArray());
        writeChunk(data, "IEND", new byte[0]);
        data.flush();
    }

    private static void writeChunk(DataOutputStream out, String type, byte[] content)
            throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 check = new CRC32();
        check.update(name);
        check.update(content);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) check.getValue());
    }
}
