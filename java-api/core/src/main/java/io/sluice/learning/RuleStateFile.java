package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.data.AtomicFile;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The file in which a checkpoint keeps the numbers of an {@link UpdateRule}. Big endian: the magic
 * number and the version, 4 bytes each; the number of arrays, 4 bytes; of each array its length, 4
 * bytes, and its float64 numbers; the CRC-32C of everything before, 8 bytes.
 */
final class RuleStateFile {
    private static final int MAGIC = 0x534c5253; // "SLRS"
    private static final int VERSION = 1;
    private static final int BUFFER = 1 << 16;

    private RuleStateFile() {}

    static void write(List<double[]> arrays, Path file) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
                    DataOutputStream data = new DataOutputStream(checked);
                    data.writeInt(MAGIC);
                    data.writeInt(VERSION);
                    data.writeInt(arrays.size());
                    for (double[] array : arrays) {
                        data.writeInt(array.length);
                        for (double number : array) {
                            data.writeDouble(number);
                        }
                    }
                    data.writeLong(checked.getChecksum().getValue());
                    data.flush();
                });
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws FileFormatException when the file is damaged
     */
    static List<double[]> read(Path file) throws IOException {
        long left = Files.size(file);
        try (CheckedInputStream checked =
                        new CheckedInputStream(
                                new BufferedInputStream(Files.newInputStream(file), BUFFER),
                                new CRC32C());
                DataInputStream data = new DataInputStream(checked)) {
            if (data.readInt() != MAGIC || data.readInt() != VERSION) {
                throw damaged(file, new IOException("unexpected content"));
            }
            int count = data.readInt();
            if (count < 0) {
                throw damaged(file, new IOException("unexpected content"));
            }
            List<double[]> arrays = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int length = data.readInt();
                left -= Integer.BYTES + (long) length * Double.BYTES;
                if (length < 0 || left < 0) { // no more memory than the file is long
                    throw damaged(file, new IOException("unexpected content"));
                }
                double[] array = new double[length];
                for (int j = 0; j < length; j++) {
                    array[j] = data.readDouble();
                }
                arrays.add(array);
            }
            long found = checked.getChecksum().getValue();
            if (data.readLong() != found) {
                throw damaged(file, new IOException("unexpected content"));
            }
            return arrays;
        } catch (EOFException e) {
            throw damaged(file, e);
        }
    }

    private static FileFormatException damaged(Path file, IOException cause) {
        return new FileFormatException(
                file + " is damaged or no part of a checkpoint: start again in another folder",
                cause);
    }
}
