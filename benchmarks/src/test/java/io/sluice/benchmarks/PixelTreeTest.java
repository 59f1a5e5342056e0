package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.structure.ChowLiuTree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

class PixelTreeTest {
    private static final int SIDE = 28;

    @Test
    void a_random_tree_joins_neighbouring_pixels() {
        ChowLiuTree tree = PixelTree.random(SIDE);
        assertEquals(SIDE * SIDE, tree.variables());
        for (int pixel : tree.order()) {
            int parent = tree.parent(pixel);
            if (parent != ChowLiuTree.NO_PARENT) {
                int down = Math.abs(pixel / SIDE - parent / SIDE);
                int across = Math.abs(pixel % SIDE - parent % SIDE);
                assertEquals(1, down + across, () -> pixel + " hangs from " + parent);
            }
        }
    }

    @Test
    void a_tree_is_read_from_numbers_between_anything_else(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tree.txt");
        Files.writeString(file, "[1, -1,\n 1]");
        ChowLiuTree tree = PixelTree.read(file);
        assertEquals(1, tree.root());
        assertArrayEquals(new int[] {0, 2}, tree.children(1));
    }

    @Test
    void a_file_without_numbers_is_no_tree(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tree.txt");
        Files.writeString(file, "none\n");
        assertThrows(InvalidArgumentException.class, () -> PixelTree.read(file));
    }
}
