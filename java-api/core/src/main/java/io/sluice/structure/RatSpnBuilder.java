package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

/** Settings of a {@link RatSpn}. For one thread. */
public final class RatSpnBuilder {
    private static final int DEFAULT_DEPTH = 5;
    private static final int DEFAULT_REPETITIONS = 4;

    private final LatentSizes sizes = new LatentSizes();
    private final LeafSource source;
    private int depth = DEFAULT_DEPTH;
    private int repetitions = DEFAULT_REPETITIONS;
    private int pieces = 2;
    private boolean sharedInputs = true;
    private long seed;

    RatSpnBuilder(LeafSource source) {
        this.source = source;
    }

    /** Number of sums and of products of a piece, at least 1, by default 64. */
    public RatSpnBuilder latents(int latents) {
        sizes.latents(latents);
        return this;
    }

    /**
     * How many nodes make a block; divides the number of latent states. By default the largest
     * divisor that is at most 128.
     */
    public RatSpnBuilder blockSize(int nodes) {
        sizes.blockSize(nodes);
        return this;
    }

    /**
     * How many splits follow each other, at least 1, by default 5. A set with fewer variables than
     * a split has pieces is not split.
     */
    public RatSpnBuilder depth(int depth) {
        this.depth = atLeast(1, depth, "a depth of ");
        return this;
    }

    /**
     * Number of random hierarchies that are mixed, at least 1, by default 4. A set of variables
     * that is in several hierarchies is one region of the circuit, with all its splits.
     */
    public RatSpnBuilder repetitions(int repetitions) {
        this.repetitions = atLeast(1, repetitions, "repetitions ");
        return this;
    }

    /** Number of pieces of a split, at least 2, by default 2. */
    public RatSpnBuilder pieces(int pieces) {
        this.pieces = atLeast(2, pieces, "splits into pieces ");
        return this;
    }

    /**
     * Whether all hierarchies read the same inputs of a variable, the default. Otherwise each piece
     * that is not split has inputs of its own, as in the paper, which is better for large data
     * sets.
     */
    public RatSpnBuilder sharedInputs(boolean sharedInputs) {
        this.sharedInputs = sharedInputs;
        return this;
    }

    /** Seed of the splits and of the first parameters, by default 0. */
    public RatSpnBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException when the block size does not divide the number of latents
     */
    public Circuit build() {
        int block = sizes.blockSize();
        RegionSettings settings =
                new RegionSettings(
                        sizes.latents(),
                        block,
                        Integer.MAX_VALUE,
                        LeafSums.DENSE,
                        null,
                        true,
                        sharedInputs,
                        false,
                        seed);
        return RegionCircuit.build(
                RandomRegions.graph(source.variables(), depth, repetitions, pieces, seed),
                settings,
                source.leaves(seed));
    }

    private static int atLeast(int least, int value, String what) {
        if (value < least) {
            throw new InvalidArgumentException(what + value + ": give at least " + least);
        }
        return value;
    }
}
