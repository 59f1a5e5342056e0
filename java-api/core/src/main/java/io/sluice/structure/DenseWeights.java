package io.sluice.structure;

import io.sluice.circuit.SumVector;

/** Where the weights of a dense sum vector over one child are among its parameters. */
final class DenseWeights {
    private DenseWeights() {}

    /**
     * Index of the weight of a child node.
     *
     * @param sum with an edge block for each pair of a block of its own and one of its only child
     */
    static long index(SumVector sum, int node, int child) {
        int rows = sum.blockSize();
        int columns = sum.childBlockSize(0);
        long tile = (long) (node / rows) * sum.childBlocks() + child / columns;
        return (tile * rows + node % rows) * columns + child % columns;
    }
}
