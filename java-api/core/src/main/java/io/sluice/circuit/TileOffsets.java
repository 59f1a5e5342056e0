package io.sluice.circuit;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Offsets of the tiles of a sum vector, in parameters from the vector's first one. Tiles of equal
 * size, by far the usual case, need no array.
 */
final class TileOffsets {
    private final long tileSize;
    private final int tiles;
    private final long @Nullable [] starts; // null if all tiles have tileSize

    private TileOffsets(long tileSize, int tiles, long @Nullable [] starts) {
        this.tileSize = tileSize;
        this.tiles = tiles;
        this.starts = starts;
    }

    static TileOffsets of(
            int blockSize, List<NodeVector> children, int[] childStart, int[] childBlock) {
        int width = children.get(0).blockSize();
        if (children.stream().allMatch(child -> child.blockSize() == width)) {
            return new TileOffsets((long) blockSize * width, childBlock.length, null);
        }
        long[] starts = new long[childBlock.length + 1];
        for (int e = 0; e < childBlock.length; e++) {
            NodeVector child = children.get(SumVector.childIndex(childStart, childBlock[e]));
            starts[e + 1] = starts[e] + (long) blockSize * child.blockSize();
        }
        return new TileOffsets(0, childBlock.length, starts);
    }

    long start(int tile) {
        return starts == null ? tile * tileSize : starts[tile];
    }

    long end() {
        return start(tiles);
    }
}
