package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;

/**
 * The same nodes and edges in other blocks. Vectors keep their ids and ties, and every edge its
 * weight.
 */
public final class Blocking {
    private Blocking() {}

    /**
     * The largest blocks that the products allow and that leave the tiles of each sum at least a
     * quarter full. This makes a circuit of single edges fast. Pairs without an edge inside a tile
     * become hard zeros.
     */
    public static Circuit merged(Circuit circuit) {
        return Reblocking.of(circuit, BlockInference.blockSizes(circuit));
    }

    /**
     * Blocks of at most a given size: each block is cut into the largest equal parts that fit.
     * Tiles without an edge are removed.
     *
     * @param largest at least 1, which makes every edge a tile of its own
     * @throws InvalidArgumentException if it is less than 1
     */
    public static Circuit split(Circuit circuit, int largest) {
        if (largest < 1) {
            throw new InvalidArgumentException(
                    "blocks of at most " + largest + " nodes: give at least 1");
        }
        int[] sizes = new int[circuit.vectors().size()];
        for (NodeVector vector : circuit.vectors()) {
            int size = Math.min(largest, vector.blockSize());
            while (vector.blockSize() % size != 0) {
                size--;
            }
            sizes[vector.id()] = size;
        }
        return Reblocking.of(circuit, sizes);
    }
}
