package io.sluice.structure;

/** What a circuit puts between the inputs of a leaf region and the products that use it. */
enum LeafSums {
    /** Nothing: node {@code i} is the product of the inputs {@code i}. */
    NONE,
    /** Sums over those products; a block of sums reads the block of products of its number. */
    BLOCKWISE,
    /** Sums over all of those products. */
    DENSE
}
