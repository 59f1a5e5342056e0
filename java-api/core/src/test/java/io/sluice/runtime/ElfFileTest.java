package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

class ElfFileTest {
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int SECTION = 64;
    private static final int DATA = 100;
    private static final int SIZE = HEADER + SEGMENT + DATA + SECTION;

    @TempDir Path folder;

    /** A header, one segment over everything before the sections, its data, one section. */
    private static ByteBuffer whole() {
        ByteBuffer file = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464C457F).put(4, (byte) 2).put(5, (byte) 1);
        file.putLong(0x20, HEADER).putLong(0x28, SIZE - SECTION);
        file.putShort(0x36, (short) SEGMENT).putShort(0x38, (short) 1);
        file.putShort(0x3A, (short) SECTION).putShort(0x3C, (short) 1);
        file.putLong(HEADER + 0x08, 0).putLong(HEADER + 0x20, SIZE - SECTION);
        return file;
    }

    private boolean isCutOff(byte[] content) throws IOException {
        return ElfFile.isCutOff(Files.write(folder.resolve("library.so"), content));
    }

    @Test
    void a_whole_file_is_not_cut_off() throws IOException {
        assertFalse(isCutOff(whole().array()));
    }

    @Test
    void a_file_is_cut_off_wherever_it_ends_early() throws IOException {
        for (int size = 5; size < SIZE; size++) {
            byte[] begin = new byte[size];
            whole().get(0, begin);
            assertTrue(isCutOff(begin), "after " + size + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {SIZE - SECTION + 50L, Long.MAX_VALUE, -1})
    void offsets_beyond_the_end_or_beyond_64_bits_are_noticed(long offset) throws IOException {
        for (int at : new int[] {0x20, 0x28, HEADER + 0x08}) {
            assertTrue(isCutOff(whole().putLong(at, offset).array()), "at " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 100})
    void other_files_are_left_to_the_loader(int size) throws IOException {
        assertEquals(false, isCutOff(new byte[size]));
    }
}
