package io.sluice.model;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The tiles that cover the edges of a sum vector, once its own and its children's blocks are known.
 */
final class SumTiles {
    private final FlatVector.Mixtures sum;
    private final int blockSize;
    private final int[] nodeStart; // of each child in the concatenation of nodes, then the total
    private final int[] blockStart; // of each child in the concatenation of blocks, then the total
    private final int[] childSize; // block size of each child
    private final long[] tiles; // parent block, then child block; sorted
    private final long[] start; // of each tile in the sum's parameters, then the total

    SumTiles(FlatVector.Mixtures sum, List<FlatVector> vectors, IntUnaryOperator blockSizes) {
        this.sum = sum;
        this.blockSize = blockSizes.applyAsInt(sum.id());
        int children = sum.children().length;
        nodeStart = new int[children + 1];
        blockStart = new int[children + 1];
        childSize = new int[children];
        for (int j = 0; j < children; j++) {
            FlatVector child = vectors.get(sum.children()[j]);
            childSize[j] = blockSizes.applyAsInt(child.id());
            nodeStart[j + 1] = nodeStart[j] + child.nodes();
            blockStart[j + 1] = blockStart[j] + child.nodes() / childSize[j];
        }
        long[] used = new long[sum.weight().length];
        for (int edge = 0; edge < used.length; edge++) {
            int child = childOfNode(nodeStart, sum.child()[edge]);
            int inChild = sum.child()[edge] - nodeStart[child];
            used[edge] =
                    key(
                            sum.node()[edge] / blockSize,
                            blockStart[child] + inChild / childSize[child]);
        }
        tiles = Arrays.stream(used).sorted().distinct().toArray();
        start = new long[tiles.length + 1];
        for (int tile = 0; tile < tiles.length; tile++) {
            int width = childSize[childOfNode(blockStart, childBlock(tile))];
            start[tile + 1] = start[tile] + (long) blockSize * width;
        }
    }

    /** How many tiles there are. */
    int count() {
        return tiles.length;
    }

    /** Where a tile starts in the sum's parameters; of {@code count()}, how many there are. */
    long start(int tile) {
        return start[tile];
    }

    int parentBlock(int tile) {
        return (int) (tiles[tile] >> Integer.SIZE);
    }

    int childBlock(int tile) {
        return (int) tiles[tile];
    }

    /** Where an edge's weight lies in the sum's parameters. */
    long position(int edge) {
        int child = childOfNode(nodeStart, sum.child()[edge]);
        int inChild = sum.child()[edge] - nodeStart[child];
        int width = childSize[child];
        long key = key(sum.node()[edge] / blockSize, blockStart[child] + inChild / width);
        int tile = Arrays.binarySearch(tiles, key);
        return start[tile] + (long) (sum.node()[edge] % blockSize) * width + inChild % width;
    }

    private static long key(int parentBlock, int childBlock) {
        return ((long) parentBlock << Integer.SIZE) | childBlock;
    }

    private static int childOfNode(int[] starts, int index) {
        int found = Arrays.binarySearch(starts, index);
        return found >= 0 ? found : -found - 2;
    }
}
