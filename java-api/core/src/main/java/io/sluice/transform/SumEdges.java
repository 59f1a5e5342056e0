package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;

/** The edges of a sum vector between single nodes; a weight of 0 is no edge. */
final class SumEdges {
    private final SumVector sum;
    private final MemorySegment weights;

    SumEdges(Circuit circuit, SumVector sum) {
        this.sum = sum;
        this.weights =
                circuit.parameters()
                        .segment()
                        .asSlice(
                                circuit.layout().offset(sum.id()) * Float.BYTES,
                                circuit.layout().length(sum.id()) * Float.BYTES);
    }

    /** Receives an edge. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes one edge.
         *
         * @param child index of the child vector among the children
         * @param childNode in the child vector
         */
        void accept(int child, int childNode, float weight);
    }

    /** Visits the edges of a node, in the order of the children's nodes. */
    void eachOf(int node, Visitor visitor) {
        int block = node / sum.blockSize();
        int index = 0;
        for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
            NodeVector child = sum.childVector(e);
            while (sum.children().get(index) != child) {
                index++;
            }
            int width = child.blockSize();
            int firstChild = sum.childBlockInVector(e) * width;
            long row = sum.tileStart(e) + (long) (node % sum.blockSize()) * width;
            for (int column = 0; column < width; column++) {
                float weight = weights.getAtIndex(JAVA_FLOAT, row + column);
                if (weight != 0) {
                    visitor.accept(index, firstChild + column, weight);
                }
            }
        }
    }

    /** Number of edges of all nodes. */
    long count() {
        long count = 0;
        for (long i = 0; i < sum.parameters(); i++) {
            count += weights.getAtIndex(JAVA_FLOAT, i) == 0 ? 0 : 1;
        }
        return count;
    }
}
