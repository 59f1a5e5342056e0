package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.testing.Sweep;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Damages files; reading them must succeed or say what is wrong. */
final class Hostile {
    /** Memory that a reader may allocate beyond what the size of its small files explains. */
    private static final long MOST_BYTES = 64L << 20;

    /** Bytes between one damage and the next. A prime, so that fields of any size are hit. */
    private static final int STRIDE = Sweep.size(11, 1);

    private Hostile() {}

    /** Reads a file. */
    @FunctionalInterface
    interface Reader {
        void read(Path file) throws IOException;
    }

    /** Every prefix is refused; by default some of them are tried. */
    static void truncated(Path folder, byte[] bytes, String ending, Reader reader)
            throws IOException {
        for (int length = 0; length < bytes.length; length += STRIDE) {
            Path file = folder.resolve("truncated-" + length + ending);
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            refused(reader, file);
            Files.delete(file); // a mapped file must not be written to
        }
    }

    /**
     * With any byte changed, a file is read or refused, at a cost that its size explains. By
     * default some bytes are tried.
     */
    static void flipped(Path folder, byte[] bytes, String ending, Reader reader)
            throws IOException {
        for (int at = 0; at < bytes.length; at += STRIDE) {
            for (int flip : new int[] {0x01, 0x10, 0x80, 0xFF}) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) flip;
                Path file = folder.resolve("flipped-" + at + "-" + flip + ending);
                Files.write(file, changed);
                long before = allocated();
                try {
                    reader.read(file);
                } catch (FileFormatException e) {
                    assertTrue(
                            String.valueOf(e.getMessage()).contains(folder.toString()),
                            e.getMessage());
                }
                long used = allocated() - before;
                assertTrue(used < MOST_BYTES, () -> file + " took " + used + " bytes");
                Files.delete(file);
            }
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    static String refused(Reader reader, Path file) {
        return String.valueOf(
                assertThrows(FileFormatException.class, () -> reader.read(file), file.toString())
                        .getMessage());
    }
}
