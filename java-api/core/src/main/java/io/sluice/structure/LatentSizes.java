package io.sluice.structure;

import io.sluice.InvalidArgumentException;

/** How many states the latent variables of a structure have, and how many nodes make a block. */
final class LatentSizes {
    private static final int DEFAULT_LATENTS = 64;

    private int latents = DEFAULT_LATENTS;
    private int blockSize; // 0: the default for the latents

    void latents(int number) {
        BlockSizes.check(number, 1);
        latents = number;
    }

    void blockSize(int nodes) {
        if (nodes < 1) {
            throw new InvalidArgumentException("blocks of " + nodes + " nodes: give at least 1");
        }
        blockSize = nodes;
    }

    int latents() {
        return latents;
    }

    /**
     * The chosen block size; by default the largest divisor that is at most 128.
     *
     * @throws InvalidArgumentException when it does not divide the number of latents
     */
    int blockSize() {
        return blockSizeOr(BlockSizes.defaultFor(latents));
    }

    /**
     * The chosen block size; by default the given one.
     *
     * @throws InvalidArgumentException when it does not divide the number of latents
     */
    int blockSizeOr(int otherwise) {
        int size = blockSize == 0 ? otherwise : blockSize;
        BlockSizes.check(latents, size);
        return size;
    }
}
