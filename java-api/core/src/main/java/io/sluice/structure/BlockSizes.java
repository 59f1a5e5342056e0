package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.CircuitBuilder;

/** Divides the nodes of hidden states into blocks. */
final class BlockSizes {
    private BlockSizes() {}

    /** The largest divisor of a number of states that is at most 128. */
    static int defaultFor(int states) {
        return CircuitBuilder.defaultBlockSize(states);
    }

    /** The largest divisor of a number of states that is at most the given size. */
    static int largest(int states, int most) {
        int size = Math.min(states, most);
        while (states % size != 0) {
            size--;
        }
        return size;
    }

    /**
     * @throws InvalidArgumentException if a number of states is not over 0, or not a multiple of
     *     the block size
     */
    static void check(int states, int blockSize) {
        if (states < 1) {
            throw new InvalidArgumentException(
                    states + " latent states: give at least 1, such as 64");
        }
        if (blockSize < 1 || states % blockSize != 0) {
            throw new InvalidArgumentException(
                    "blocks of "
                            + blockSize
                            + " do not divide "
                            + states
                            + " latent states: give a divisor, such as "
                            + defaultFor(states));
        }
    }
}
