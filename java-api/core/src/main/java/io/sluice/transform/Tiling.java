package io.sluice.transform;

import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The tiles that cover the edges of a sum vector, for blocks of given sizes. */
final class Tiling {
    private final int size;
    private final int[] childSize; // of each child
    private final int[] childStart; // first block of each child in the concatenation, and the total
    private final SumVector sum;
    private final SumEdges edges;

    /**
     * @param size nodes of a block of the sum
     * @param childSize nodes of a block of each child
     */
    Tiling(SumVector sum, SumEdges edges, int size, int[] childSize) {
        this.sum = sum;
        this.edges = edges;
        this.size = size;
        this.childSize = childSize;
        List<NodeVector> children = sum.children();
        childStart = new int[children.size() + 1];
        for (int j = 0; j < children.size(); j++) {
            childStart[j + 1] = childStart[j] + children.get(j).nodes() / childSize[j];
        }
    }

    int blocks() {
        return sum.nodes() / size;
    }

    /** The child blocks that the nodes of a block read, numbered through the children. */
    int[] childBlocks(int block) {
        BitSet read = new BitSet();
        for (int node = block * size; node < (block + 1) * size; node++) {
            edges.eachOf(node, (place, child, weight) -> read.set(childBlock(place, child)));
        }
        return read.stream().toArray();
    }

    /** The block of the concatenation that a child's node is in. */
    int childBlock(int place, int childNode) {
        return childStart[place] + childNode / childSize[place];
    }

    /** Parameters of all tiles together. */
    long area() {
        long area = 0;
        for (int block = 0; block < blocks(); block++) {
            for (int child : childBlocks(block)) {
                int place = Arrays.binarySearch(childStart, child);
                area += (long) size * childSize[place >= 0 ? place : -place - 2];
            }
        }
        return area;
    }
}
