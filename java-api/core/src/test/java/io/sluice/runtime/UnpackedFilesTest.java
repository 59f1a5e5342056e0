package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;

class UnpackedFilesTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir Path parent;

    private UnpackedFiles files() {
        return new UnpackedFiles(parent);
    }

    @Test
    void a_file_is_unpacked_once_for_all() throws IOException {
        Path first = files().file("a.so", CONTENT);
        Object inode = Files.getAttribute(first, "unix:ino");
        assertEquals(first, files().file("a.so", CONTENT));
        assertEquals(inode, Files.getAttribute(first, "unix:ino"));
    }

    @Test
    void a_damaged_file_is_replaced() throws IOException {
        for (byte[] damage : new byte[][] {{}, {1, 2}, {1, 2, 4}, {1, 2, 3, 4}}) {
            Path file = files().file("a.so", CONTENT);
            Files.write(file, damage);
            assertArrayEquals(CONTENT, Files.readAllBytes(files().file("a.so", CONTENT)));
        }
    }

    @Test
    void only_the_user_can_write_the_folder() throws IOException {
        UnpackedFiles files = files();
        files.file("a.so", CONTENT);
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(files.folder())));
        Files.setPosixFilePermissions(files.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(IOException.class, () -> files.file("a.so", CONTENT));
    }

    @Test
    void what_nobody_used_for_a_month_is_deleted_and_partial_files_with_it() throws IOException {
        UnpackedFiles files = files();
        Path old = files.file("old.so", new byte[] {9});
        Path oldHome = Objects.requireNonNull(old.getParent());
        Path recent = files.file("recent.so", new byte[] {8});
        Path partial = Files.createFile(files.folder().resolve("x.partial"));
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
        Files.setLastModifiedTime(oldHome, longAgo);
        Files.setLastModifiedTime(partial, longAgo);
        files.file("a.so", CONTENT);
        assertFalse(Files.exists(oldHome));
        assertFalse(Files.exists(partial));
        assertTrue(Files.exists(recent));
        try (Stream<Path> entries = Files.list(files.folder())) {
            assertEquals(2, entries.count());
        }
    }
}
