package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.Arrays;

/**
 * The tiles of a sum vector, sorted by parent block, then child block.
 *
 * @param start first tile of each parent block; then the number of tiles
 * @param childBlock of each tile
 */
record SumTiles(int[] start, int[] childBlock) {

    /** Checks and sorts the tiles: a counting sort by parent block, then the few tiles of each. */
    static SumTiles sorted(int[] parents, int[] children, int parentBlocks, int childBlocks) {
        if (parents.length != children.length) {
            throw new InvalidArgumentException(
                    "a sum vector with "
                            + parents.length
                            + " parent blocks and "
                            + children.length
                            + " child blocks: give one of each for each tile");
        }
        int[] start = new int[parentBlocks + 1];
        for (int e = 0; e < parents.length; e++) {
            if (parents[e] < 0
                    || parents[e] >= parentBlocks
                    || children[e] < 0
                    || children[e] >= childBlocks) {
                throw new InvalidArgumentException(
                        "tile "
                                + e
                                + " of a sum vector joins parent block "
                                + parents[e]
                                + " and child block "
                                + children[e]
                                + ", expected a parent block under "
                                + parentBlocks
                                + " and a child block under "
                                + childBlocks);
            }
            start[parents[e] + 1]++;
        }
        for (int block = 0; block < parentBlocks; block++) {
            if (start[block + 1] == 0) {
                throw new InvalidArgumentException(
                        "block "
                                + block
                                + " of a sum vector has no tile, so its nodes would be sums"
                                + " of nothing: give every block at least one");
            }
            start[block + 1] += start[block];
        }
        int[] childBlock = new int[children.length];
        int[] next = Arrays.copyOf(start, parentBlocks);
        for (int e = 0; e < parents.length; e++) {
            childBlock[next[parents[e]]++] = children[e];
        }
        for (int block = 0; block < parentBlocks; block++) {
            Arrays.sort(childBlock, start[block], start[block + 1]);
            for (int e = start[block] + 1; e < start[block + 1]; e++) {
                if (childBlock[e] == childBlock[e - 1]) {
                    throw new InvalidArgumentException(
                            "a sum vector has the tile from parent block "
                                    + block
                                    + " to child block "
                                    + childBlock[e]
                                    + " twice: give it once");
                }
            }
        }
        return new SumTiles(start, childBlock);
    }
}
