package io.sluice.model;

import io.sluice.FileFormatException;

/**
 * Bounds the memory of a circuit by the size of the file that describes it. A file needs only a few
 * bytes to describe a product over a wide range of variables, a vector of many nodes without
 * parameters, or a sum with the edges of another.
 */
final class CircuitBudget {
    private static final long SCOPE_BYTES_ALWAYS_GRANTED = 1L << 26;

    /** A tied chain of 100,000 steps, the most lopsided circuit in use, needs half of this. */
    private static final long SCOPE_BYTES_PER_FILE_BYTE = 128;

    private static final long NODES_ALWAYS_GRANTED = 1L << 20;

    /** A tied chain of 100,000 steps with 1,600 states in blocks of 128 needs half of this. */
    private static final long NODES_PER_FILE_BYTE = 64;

    /** A block costs the heap as much as this many nodes. */
    private static final long NODES_PER_BLOCK = 8;

    private final String source;
    private final long fileBytes;
    private long scopeBytesLeft;
    private long nodesLeft;

    /**
     * @param source what messages call the description of the circuit
     * @param fileBytes size of the file
     */
    CircuitBudget(String source, long fileBytes) {
        this.source = source;
        this.fileBytes = fileBytes;
        scopeBytesLeft = SCOPE_BYTES_ALWAYS_GRANTED + SCOPE_BYTES_PER_FILE_BYTE * fileBytes;
        nodesLeft = NODES_ALWAYS_GRANTED + NODES_PER_FILE_BYTE * fileBytes;
    }

    /**
     * Takes the scope of a product, which keeps a bit for each variable from its first to its last.
     *
     * @param what name of the product in messages
     * @throws FileFormatException when the file is too small for so many scopes
     */
    void takeScope(int firstVariable, int lastVariable, String what) {
        scopeBytesLeft -= ((long) lastVariable - firstVariable) / Byte.SIZE + Long.BYTES;
        check(scopeBytesLeft, "scopes", what);
    }

    /**
     * Takes the nodes of a vector and its blocks.
     *
     * @param what name of the vector in messages
     * @throws FileFormatException when the file is too small for so many
     */
    void takeNodes(int nodes, int blocks, String what) {
        nodesLeft -= nodes + NODES_PER_BLOCK * blocks;
        check(nodesLeft, "nodes", what);
    }

    /**
     * Takes the tiles that a tied sum shares with its owner, each like a block.
     *
     * @param what name of the sum in messages
     * @throws FileFormatException when the file is too small for so many
     */
    void takeTiedTiles(int tiles, String what) {
        nodesLeft -= NODES_PER_BLOCK * tiles;
        check(nodesLeft, "tied tiles", what);
    }

    private void check(long left, String things, String what) {
        if (left < 0) {
            throw new FileFormatException(
                    source
                            + " has more "
                            + things
                            + " up to "
                            + what
                            + " than a file of "
                            + fileBytes
                            + " bytes can explain: the file is damaged, write or copy it again");
        }
    }
}
