package io.sluice.circuit;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Where the tiles of a sum vector start, counted in parameters from the vector's first. Tiles
 * follow each other in the order of the edge blocks. Equal tiles, by far the usual case, need no
 * table.
 */
final class TileOffsets {
    private final long tileSize;
    private final int edgeBlocks;
    private final long @Nullable [] starts; // null when all tiles have tileSize

    private TileOffsets(long tileSize, int edgeBlocks, long @Nullable [] starts) {
        this.tileSize = tileSize;
        this.edgeBlocks = edgeBlocks;
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

    long start(int edgeBlock) {
        return starts == null ? edgeBlock * tileSize : starts[edgeBlock];
    }

    long end() {
        return start(edgeBlocks);
    }
}
