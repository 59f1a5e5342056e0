package io.sluice.transform;

import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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

    /** The child blocks that a block reads, as indices into the concatenation of the children. */
    int[] childBlocks(int block) {
        IntStream.Builder read = IntStream.builder();
        for (int node = block * size; node < (block + 1) * size; node++) {
            edges.eachOf(node, (index, child, weight) -> read.add(childBlock(index, child)));
        }
        return read.build().sorted().distinct().toArray();
    }

    /** The block of the concatenation that a child's node is in. */
    int childBlock(int child, int childNode) {
        return childStart[child] + childNode / childSize[child];
    }

    /** Parameters of all tiles together. */
    long area() {
        long area = 0;
        for (int block = 0; block < blocks(); block++) {
            for (int child : childBlocks(block)) {
                int found = Arrays.binarySearch(childStart, child);
                area += (long) size * childSize[found >= 0 ? found : -found - 2];
            }
        }
        return area;
    }
}
