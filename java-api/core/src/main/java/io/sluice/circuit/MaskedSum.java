package io.sluice.circuit;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** A mask over the blocks of a sum vector's children: its tiles, and the hard zeros in them. */
final class MaskedSum {
    private final EdgePattern.Mask mask;
    private final int blockSize;
    private final int[] firstNode; // of each child block; then the total

    /**
     * @param childStart first block of each child in the concatenation, then the total
     */
    MaskedSum(
            EdgePattern.Mask mask,
            int nodes,
            int blockSize,
            List<NodeVector> children,
            int[] childStart) {
        this.mask = mask;
        this.blockSize = blockSize;
        firstNode = new int[childStart[children.size()] + 1];
        for (int j = 0; j < children.size(); j++) {
            for (int block = childStart[j]; block < childStart[j + 1]; block++) {
                firstNode[block + 1] = firstNode[block] + children.get(j).blockSize();
            }
        }
        int childNodes = firstNode[firstNode.length - 1];
        if (mask.nodes() != nodes || mask.childNodes() != childNodes) {
            throw new InvalidArgumentException(
                    "a mask of "
                            + mask.nodes()
                            + " nodes over "
                            + mask.childNodes()
                            + " child nodes for a sum vector of "
                            + nodes
                            + " over "
                            + childNodes
                            + ": give one entry for each pair");
        }
    }

    /** The child blocks that a block has an edge to. */
    int[] childBlocks(int block) {
        int[] read = new int[firstNode.length - 1];
        int count = 0;
        for (int child = 0; child < firstNode.length - 1; child++) {
            if (hasEdge(block, child)) {
                read[count++] = child;
            }
        }
        return Arrays.copyOf(read, count);
    }

    private boolean hasEdge(int block, int child) {
        for (int node = block * blockSize; node < (block + 1) * blockSize; node++) {
            for (int other = firstNode[child]; other < firstNode[child + 1]; other++) {
                if (mask.hasEdge(node, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Sets the parameters of pairs without an edge to 0 and normalises the others. */
    void apply(SumVector sum, MemorySegment slice) {
        for (int node = 0; node < sum.nodes(); node++) {
            int block = node / blockSize;
            double total = 0;
            double edges = 0;
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                long row = sum.tileStart(e) + (long) (node % blockSize) * sum.childBlockSize(e);
                int first = firstNode[sum.childBlock(e)];
                for (int j = 0; j < sum.childBlockSize(e); j++) {
                    if (mask.hasEdge(node, first + j)) {
                        total += slice.getAtIndex(JAVA_FLOAT, row + j);
                        edges++;
                    }
                }
            }
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                long row = sum.tileStart(e) + (long) (node % blockSize) * sum.childBlockSize(e);
                int first = firstNode[sum.childBlock(e)];
                for (int j = 0; j < sum.childBlockSize(e); j++) {
                    double share = slice.getAtIndex(JAVA_FLOAT, row + j) / total;
                    double kept = total > 0 ? share : 1 / edges;
                    boolean edge = mask.hasEdge(node, first + j);
                    slice.setAtIndex(JAVA_FLOAT, row + j, edge ? (float) kept : 0);
                }
            }
        }
    }
}
