package io.sluice.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.SumVector;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The tiles of a sum vector of a {@code .jpc} file.
 *
 * @param edges {@code [2][tiles]}: blocks of the sums, blocks of all children
 * @param weights {@code [tiles][block size][child block size]}
 * @param zeros of the shape of the weights, 1 where a weight is a hard zero
 * @param singleNodes whether each weight becomes a tile of its own
 */
record PyJuiceTiles(
        NumpyArray edges, NumpyArray weights, @Nullable NumpyArray zeros, boolean singleNodes) {

    private int tiles() {
        return (int) edges.shape()[1];
    }

    private int rows() {
        return (int) weights.shape()[1];
    }

    private int columns() {
        return (int) weights.shape()[2];
    }

    /**
     * Checks that every index is that of a block.
     *
     * @param childBlocks how many blocks the built children have
     */
    void check(PyJuiceVector entry, int childBlocks) {
        if (columns() < 1 || (zeros != null && !Arrays.equals(zeros.shape(), weights.shape()))) {
            throw entry.problem(
                    "has tiles of " + columns() + " columns, or a mask of another shape",
                    "give a file of PyJuice");
        }
        String what = "node vector " + entry.id() + " has an edge from or to";
        int limit = singleNodes ? childBlocks / columns() : childBlocks;
        for (int tile = 0; tile < tiles(); tile++) {
            edges.index(tile, entry.blocks(), what);
            edges.index((long) tiles() + tile, limit, what);
        }
    }

    private int parent(int tile) {
        return (int) edges.number(tile);
    }

    private int child(int tile) {
        return (int) edges.number((long) tiles() + tile);
    }

    int[] parentBlocks() {
        return blocks(true);
    }

    int[] childBlocks() {
        return blocks(false);
    }

    private int[] blocks(boolean parents) {
        int[] blocks = new int[singleNodes ? Math.toIntExact(weights.count()) : tiles()];
        for (int i = 0; i < blocks.length; i++) {
            int tile = singleNodes ? i / (rows() * columns()) : i;
            int inTile = i % (rows() * columns());
            int block = parents ? parent(tile) : child(tile);
            if (singleNodes) {
                block =
                        parents
                                ? block * rows() + inTile / columns()
                                : block * columns() + inTile % columns();
            }
            blocks[i] = block;
        }
        return blocks;
    }

    /** Writes the weights in the order of a sum vector that was built with these blocks. */
    void fill(SumVector sum, MemorySegment slice) {
        for (int tile = 0; tile < tiles(); tile++) {
            for (int row = 0; row < rows(); row++) {
                long from = ((long) tile * rows() + row) * columns();
                for (int column = 0; column < columns(); column++) {
                    int parent = singleNodes ? parent(tile) * rows() + row : parent(tile);
                    int child = singleNodes ? child(tile) * columns() + column : child(tile);
                    long start = sum.tileStart(tile(sum, parent, child));
                    long to = singleNodes ? start : start + (long) row * columns() + column;
                    boolean zero = zeros != null && zeros.number(from + column) != 0;
                    float weight = zero ? 0 : (float) weights.number(from + column);
                    slice.setAtIndex(JAVA_FLOAT, to, weight);
                }
            }
        }
    }

    private static int tile(SumVector sum, int parentBlock, int childBlock) {
        int low = sum.firstTile(parentBlock);
        int high = sum.firstTile(parentBlock + 1) - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sum.childBlock(middle) < childBlock) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
