package io.sluice.structure;

import io.sluice.circuit.SumVector;

/** Indices of the weights of a dense sum vector over one child among its parameters. */
final class DenseWeights {
    private DenseWeights() {}

    /**
     * Index of the weight of a child node.
     *
     * @param sum with a tile for each pair of one of its blocks and a block of its only child
     */
    static long index(SumVector sum, int node, int child) {
        int rows = sum.blockSize();
        int columns = sum.childBlockSize(0);
        long tile = (long) (node / rows) * sum.childBlocks() + child / columns;
        return (tile * rows + node % rows) * columns + child % columns;
    }
}
