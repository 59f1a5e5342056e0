package io.sluice.structure;

import org.jspecify.annotations.Nullable;

/**
 * How {@link RegionCircuit} makes a circuit of a region graph.
 *
 * @param latents sums of a region, products of a partition and inputs of a variable
 * @param blockSize nodes in a block, a divisor of the latents
 * @param mostProducts most partitions that a block of sums reads; of more, it chooses some
 * @param leafSums the sums over the inputs of a leaf region
 * @param leafTrees trees for the variables of leaf regions; null if the variables are independent
 *     given the region's product
 * @param sumsShared whether all partitions that a region is a part of read the same sums, instead
 *     of sums of their own over the same products
 * @param inputsShared whether the inputs of a variable are the same in all leaf regions
 * @param tied whether all inputs share parameters, and so do the sums of regions that are
 *     {@linkplain Translates translates} of each other
 * @param seed of the choice of products
 */
record RegionSettings(
        int latents,
        int blockSize,
        int mostProducts,
        LeafSums leafSums,
        @Nullable LeafTrees leafTrees,
        boolean sumsShared,
        boolean inputsShared,
        boolean tied,
        long seed) {}
