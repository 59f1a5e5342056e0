package io.sluice.structure;

/** The sums between the inputs of a leaf region and the products that read the region. */
enum LeafSums {
    /** No sums: node {@code i} is the product of the inputs {@code i}. */
    NONE,
    /** Sums over those products; a block of sums reads the block of products of the same index. */
    BLOCKWISE,
    /** Sums over all of those products. */
    DENSE
}
