package io.sluice.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class AtomicFileTest {
    @TempDir Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void a_failed_write_leaves_what_was_there_and_nothing_else() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");
        assertThrows(
                IOException.class,
                () ->
                        AtomicFile.write(
                                file,
                                out -> {
                                    out.write(new byte[100_000]);
                                    throw new IOException("disk full");
                                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("f"), names());
    }

    @Test
    void a_write_replaces_what_was_there() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");
        AtomicFile.write(file, out -> out.write('n'));
        assertEquals("n", Files.readString(file));
        assertEquals(List.of("f"), names());
    }

    @Test
    void a_symbolic_link_stays_one() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFile.write(link, out -> out.write('n'));
        assertEquals("n", Files.readString(file));
        assertEquals(file, Files.readSymbolicLink(link));
    }

    @Test
    void a_missing_folder_is_refused() {
        assertThrows(
                InvalidArgumentException.class,
                () -> AtomicFile.write(folder.resolve("no/f"), out -> {}));
        assertThrows(InvalidArgumentException.class, () -> AtomicFile.write(folder, out -> {}));
    }
}
