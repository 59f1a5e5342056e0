package io.sluice.circuit;

/**
 * Nodes of one kind with the same scope, built and stored together. The nodes come in blocks of
 * {@link #blockSize}: node {@code i} of the vector is node {@code i % blockSize} of block {@code i
 * / blockSize}.
 *
 * <p>A {@link CircuitBuilder} makes node vectors. They are immutable and equal only to themselves.
 */
public sealed interface NodeVector permits InputVector, ProductVector, SumVector {

    /**
     * Position in {@link Circuit#vectors}, from 0. Children have smaller ids than their parents.
     */
    int id();

    /** Number of nodes, at least 1. */
    int nodes();

    /** Nodes of one block; divides {@link #nodes}. */
    int blockSize();

    /** Number of blocks. */
    default int blocks() {
        return nodes() / blockSize();
    }

    /** The variables that every node of the vector depends on. */
    Scope scope();
}
