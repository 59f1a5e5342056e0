package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import java.util.Arrays;
import java.util.List;

/** Settings of {@link PoonDomingos}. For one thread. */
public final class PoonDomingosBuilder {
    private static final int DEFAULT_PRODUCTS = 4;

    /** By default an axis is cut into at most this many parts. */
    private static final int DEFAULT_PARTS = 8;

    /**
     * Blocks are smaller than in other structures, because each chooses its products: with few
     * blocks most splits of a region would be unused.
     */
    private static final int LARGEST_DEFAULT_BLOCK = 32;

    private final LatentSizes sizes = new LatentSizes();
    private final LeafSource source;
    private final int[] shape;
    private int[][] points;
    private int depth = Integer.MAX_VALUE;
    private int productsPerSum = DEFAULT_PRODUCTS;
    private boolean sharedSums = true;
    private boolean homogeneous;
    private boolean treeLeaves;
    private long seed;

    PoonDomingosBuilder(Dataset data) {
        source = new LeafSource.Data(data);
        ImageShape image = data.schema().image();
        if (image == null) {
            shape = new int[] {data.variables()};
        } else if (image.channels() == 1) {
            shape = new int[] {image.height(), image.width()};
        } else {
            shape = new int[] {image.channels(), image.height(), image.width()};
        }
        points = defaultPoints(shape);
    }

    PoonDomingosBuilder(List<InputFamily> families, int... shape) {
        source = new LeafSource.Families(families);
        this.shape = GridShape.checked(shape, families.size());
        points = defaultPoints(this.shape);
    }

    private static int[][] defaultPoints(int[] shape) {
        int[][] points = new int[shape.length][];
        Arrays.setAll(
                points,
                axis -> {
                    boolean channels = axis == 0 && shape.length > 2;
                    int interval =
                            channels ? shape[axis] : Math.ceilDiv(shape[axis], DEFAULT_PARTS);
                    return GridRegions.pointsAt(interval, shape[axis]);
                });
        return points;
    }

    /** Number of sums of a region and of products of a split, at least 1, by default 64. */
    public PoonDomingosBuilder latents(int latents) {
        sizes.latents(latents);
        return this;
    }

    /**
     * Nodes of a block; divides the number of latent states. By default the largest divisor that is
     * at most 32 and leaves two blocks, because each block chooses products of its own.
     */
    public PoonDomingosBuilder blockSize(int nodes) {
        sizes.blockSize(nodes);
        return this;
    }

    /**
     * Splits at equal distances: at an interval, at twice the interval and so on. By default
     * distances that cut each axis into at most eight parts, and channels, the first of three axes,
     * not at all.
     *
     * @param intervals one for each axis, or one for all of them, each at least 1; an axis no
     *     longer than its interval is not split
     */
    public PoonDomingosBuilder splitIntervals(int... intervals) {
        if (intervals.length != 1 && intervals.length != shape.length) {
            throw new InvalidArgumentException(
                    "split intervals "
                            + Arrays.toString(intervals)
                            + " for a grid of "
                            + Arrays.toString(shape)
                            + ": give one for each axis, or one for all");
        }
        for (int interval : intervals) {
            if (interval < 1) {
                throw new InvalidArgumentException(
                        "a split interval of " + interval + ": give at least 1");
            }
        }
        int[][] regular = new int[shape.length][];
        Arrays.setAll(
                regular,
                axis ->
                        GridRegions.pointsAt(
                                intervals[intervals.length == 1 ? 0 : axis], shape[axis]));
        points = regular;
        return this;
    }

    /**
     * Splits at given points.
     *
     * @param splitPoints of each axis, ascending, each over 0 and under the axis's length; none for
     *     an axis that is not split. A point {@code p} separates the positions before {@code p}
     *     from the rest
     */
    public PoonDomingosBuilder splitPoints(int[]... splitPoints) {
        if (splitPoints.length != shape.length) {
            throw new InvalidArgumentException(
                    "split points for "
                            + splitPoints.length
                            + " axes of a grid of "
                            + Arrays.toString(shape)
                            + ": give those of each axis, none for one that is not split");
        }
        int[][] copy = new int[shape.length][];
        for (int axis = 0; axis < shape.length; axis++) {
            copy[axis] = splitPoints[axis].clone();
            int before = 0;
            for (int point : copy[axis]) {
                if (point <= before || point >= shape[axis]) {
                    throw new InvalidArgumentException(
                            "split points "
                                    + Arrays.toString(copy[axis])
                                    + " of axis "
                                    + axis
                                    + ": give ascending ones from 1 to "
                                    + (shape[axis] - 1));
                }
                before = point;
            }
        }
        points = copy;
        return this;
    }

    /**
     * How many splits may follow each other to cut out a box, at least 1. A box that needs this
     * many is not split. By default there is no limit; two for each axis cut out any box.
     */
    public PoonDomingosBuilder depth(int depth) {
        if (depth < 1) {
            throw new InvalidArgumentException("a depth of " + depth + ": give at least 1");
        }
        this.depth = depth;
        return this;
    }

    /**
     * Most splits of a region that a block of its sums reads, at least 1, by default 4. If there
     * are more splits, each block reads a random choice of them, and all choices are equally
     * likely. No split is left out if the region has enough blocks to read all.
     */
    public PoonDomingosBuilder productsPerSum(int productsPerSum) {
        if (productsPerSum < 1) {
            throw new InvalidArgumentException(
                    productsPerSum + " products for each sum: give at least 1");
        }
        this.productsPerSum = productsPerSum;
        return this;
    }

    /**
     * Whether all splits with the same half read the same sums of it, the default
     * ("sum-dominated"). Otherwise each split has sums of its own over the half's products
     * ("product-dominated"), which makes about as many vectors of sums as there are halves.
     */
    public PoonDomingosBuilder sharedSums(boolean sharedSums) {
        this.sharedSums = sharedSums;
        return this;
    }

    /**
     * Whether boxes that are translates of each other, down to their smallest parts, share the
     * parameters of their sums, and all variables those of their inputs; false by default.
     */
    public PoonDomingosBuilder homogeneous(boolean homogeneous) {
        this.homogeneous = homogeneous;
        return this;
    }

    /**
     * Whether the variables of a box that is not split follow a hidden Chow-Liu tree of their own
     * ({@link Hclt}), learned from the data, instead of being independent given its product; false
     * by default.
     *
     * @throws InvalidArgumentException when there are no data
     */
    public PoonDomingosBuilder treeLeaves(boolean treeLeaves) {
        if (treeLeaves && !(source instanceof LeafSource.Data)) {
            throw new InvalidArgumentException(
                    "treeLeaves(true) without data to learn the trees from: build for a data set");
        }
        this.treeLeaves = treeLeaves;
        return this;
    }

    /** Seed of the choice of products and of the first parameters, by default 0. */
    public PoonDomingosBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException if the block size does not divide the number of latents,
     *     there are too many regions, or a homogeneous circuit has different variables or sums that
     *     are not shared
     */
    public Circuit build() {
        int block = sizes.blockSizeOr(defaultBlockSize());
        if (homogeneous && !sharedSums) {
            throw new InvalidArgumentException(
                    "homogeneous(true) with sharedSums(false), which would be the same sums several"
                            + " times: ask for one of them");
        }
        if (homogeneous && treeLeaves) {
            throw new InvalidArgumentException(
                    "homogeneous(true) with treeLeaves(true), whose trees differ from box to box:"
                            + " ask for one of them");
        }
        LeafTrees trees =
                treeLeaves && source instanceof LeafSource.Data(Dataset data)
                        ? new LeafTrees(data)
                        : null;
        RegionSettings settings =
                new RegionSettings(
                        sizes.latents(),
                        block,
                        productsPerSum,
                        treeLeaves ? LeafSums.DENSE : LeafSums.BLOCKWISE,
                        trees,
                        sharedSums,
                        false,
                        homogeneous,
                        seed);
        Leaves leaves = homogeneous ? source.homogeneousLeaves(seed) : source.leaves(seed);
        return RegionCircuit.build(new GridRegions(shape, points).graph(depth), settings, leaves);
    }

    private int defaultBlockSize() {
        return BlockSizes.largest(
                sizes.latents(), Math.clamp(sizes.latents() / 2, 1, LARGEST_DEFAULT_BLOCK));
    }
}
