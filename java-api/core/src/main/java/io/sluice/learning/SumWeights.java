package io.sluice.learning;

import io.sluice.circuit.SumVector;

/** Visits the weights of a sum vector in parameter order, with the nodes that they belong to. */
final class SumWeights {
    private SumWeights() {}

    /** Receives a weight. */
    @FunctionalInterface
    interface Task {
        /**
         * Takes a weight.
         *
         * @param node of the vector
         * @param index of the weight among the vector's parameters
         */
        void run(int node, int index);
    }

    static void each(SumVector sum, Task task) {
        int rows = sum.blockSize();
        for (int block = 0; block < sum.blocks(); block++) {
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                int columns = sum.childBlockSize(e);
                int index = Math.toIntExact(sum.tileStart(e));
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++, index++) {
                        task.run(block * rows + row, index);
                    }
                }
            }
        }
    }
}
