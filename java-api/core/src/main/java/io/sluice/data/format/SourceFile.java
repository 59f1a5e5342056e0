package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** A file to read, plain or compressed with gzip: whoever reads it sees the plain bytes. */
record SourceFile(Path path) {
    private static final int BUFFER = 1 << 16;
    private static final String GZIP_SUFFIX = ".gz";

    /** Something that reads bytes. */
    @FunctionalInterface
    interface Reading<T> {
        T from(InputStream in) throws IOException;
    }

    SourceFile {
        if (!Files.isRegularFile(path)) {
            throw new InvalidArgumentException(
                    "'" + path + "' is not a file: give the name of an existing file");
        }
    }

    /** The name without folder and without {@code .gz}, in lower case. */
    String name() {
        Path last = path.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(GZIP_SUFFIX)
                ? name.substring(0, name.length() - GZIP_SUFFIX.length())
                : name;
    }

    /**
     * Opens the file, reads, and closes it.
     *
     * @throws FileFormatException when the file cannot be read or its compression is broken
     */
    <T> T read(Reading<T> reading) {
        try (InputStream in = open()) {
            return reading.from(in);
        } catch (EOFException e) {
            throw new FileFormatException(
                    this + " is cut off: its compressed data end too early; fetch it again", e);
        } catch (IOException e) {
            throw new FileFormatException(
                    this + " cannot be read (" + e.getMessage() + "): fetch it again", e);
        }
    }

    /** The first bytes, fewer when the file is shorter. */
    byte[] head(int bytes) {
        return read(in -> in.readNBytes(bytes));
    }

    /** What receives the bytes of whole rows. */
    @FunctionalInterface
    interface Rows {
        /**
         * Some rows.
         *
         * @param bytes holds them, valid during the call only
         * @param count how many
         */
        void accept(byte[] bytes, int count);
    }

    /**
     * Reads rows of equal size that end the file.
     *
     * @param promised how many rows the file's header promises
     * @param rowBytes size of a row, at least 1
     */
    void readRows(InputStream in, long promised, int rowBytes, Rows rows) throws IOException {
        byte[] buffer = new byte[Math.max(1, BUFFER / rowBytes) * rowBytes];
        long left = promised;
        int n = in.readNBytes(buffer, 0, buffer.length);
        while (n > 0) {
            int count = n / rowBytes;
            if (count > left || (count == left && n % rowBytes > 0)) {
                throw new FileFormatException(
                        this
                                + " holds more than the "
                                + Math.multiplyExact(promised, rowBytes)
                                + " bytes of values that its header promises: it is damaged, or"
                                + " not what its name says");
            }
            rows.accept(buffer, count);
            left -= count;
            n = n < buffer.length ? 0 : in.readNBytes(buffer, 0, buffer.length);
        }
        if (left > 0) {
            throw new FileFormatException(
                    this
                            + " ends after "
                            + (promised - left)
                            + " whole rows, its header promises "
                            + promised
                            + ": it is cut off or damaged; fetch it again");
        }
    }

    /** A header's bytes, all of them. */
    byte[] readHeader(InputStream in, int bytes) throws IOException {
        byte[] header = in.readNBytes(bytes);
        if (header.length < bytes) {
            throw new FileFormatException(
                    this
                            + " ends inside its header, after "
                            + header.length
                            + " of "
                            + bytes
                            + " bytes: it is cut off or damaged; fetch it again");
        }
        return header;
    }

    /** The path in quotes, as messages show it. */
    @Override
    public String toString() {
        return "'" + path + "'";
    }

    private InputStream open() throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER);
        try {
            in.mark(2);
            boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return gzip ? new GZIPInputStream(in, BUFFER) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
