package io.sluice.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds block sizes for vectors that come with edges between nodes: the largest for which
 *
 * <ul>
 *   <li>every product multiplies whole blocks: products and their children have one block size, and
 *       node {@code i} of a block takes nodes {@code i} of blocks;
 *   <li>tied vectors have the same tiles;
 *   <li>the tiles of a sum hold at most {@value #FILL} parameters for each edge, so that sparse
 *       sums do not become dense.
 * </ul>
 *
 * The first two conditions bind vectors into groups of one block size. Each group starts with the
 * largest size that its products allow, and is lowered while a sum is too empty.
 */
final class BlockInference {
    private static final long FILL = 4;

    private final List<FlatVector> vectors;
    private final int[] group; // union-find: a parent pointer per vector
    private final int[] blockSize; // per vector; only the group's representative counts

    private BlockInference(List<FlatVector> vectors) {
        this.vectors = vectors;
        this.group = new int[vectors.size()];
        this.blockSize = new int[vectors.size()];
        Arrays.setAll(group, i -> i);
    }

    /** The block size of each vector. */
    static int[] blockSizes(List<FlatVector> vectors) {
        BlockInference inference = new BlockInference(vectors);
        inference.bind();
        inference.startLargest();
        inference.lowerUntilFull();
        int[] sizes = new int[vectors.size()];
        Arrays.setAll(sizes, inference::size);
        return sizes;
    }

    private void bind() {
        for (FlatVector vector : vectors) {
            switch (vector) {
                case FlatVector.Leaves leaves -> join(leaves.id(), leaves.owner());
                case FlatVector.Products products -> {
                    for (int child : products.children()) {
                        join(products.id(), child);
                    }
                }
                case FlatVector.Mixtures mixtures -> {
                    join(mixtures.id(), mixtures.owner());
                    FlatVector owner = vectors.get(mixtures.owner());
                    bindTiedChildren(mixtures.children(), owner.children());
                }
            }
        }
    }

    /**
     * Corresponding children of tied sums get one size; all of them when they do not correspond.
     */
    private void bindTiedChildren(int[] children, int[] others) {
        boolean corresponding = children.length == others.length;
        for (int j = 0; corresponding && j < children.length; j++) {
            corresponding = vectors.get(children[j]).nodes() == vectors.get(others[j]).nodes();
        }
        if (corresponding) {
            for (int j = 0; j < children.length; j++) {
                join(children[j], others[j]);
            }
        } else {
            for (int child : children) {
                join(child, children[0]);
            }
            for (int other : others) {
                join(other, children[0]);
            }
        }
    }

    private void startLargest() {
        for (FlatVector vector : vectors) {
            int root = find(vector.id());
            blockSize[root] = gcd(blockSize[root], vector.nodes());
        }
        for (FlatVector vector : vectors) {
            if (vector instanceof FlatVector.Products products) {
                int root = find(products.id());
                blockSize[root] = largestAligned(products, blockSize[root]);
            }
        }
    }

    /**
     * The largest divisor of a size for which a product takes whole blocks. What is aligned for a
     * size is aligned for its divisors, so products that were seen before stay aligned.
     */
    private static int largestAligned(FlatVector.Products products, int size) {
        int divisor = size;
        while (size % divisor != 0 || !isAligned(products, divisor)) {
            divisor--;
        }
        return divisor;
    }

    private static boolean isAligned(FlatVector.Products products, int size) {
        int width = products.children().length;
        int[] edges = products.edges();
        for (int i = 0; i < edges.length; i++) {
            int inBlock = i / width % size;
            int blockStart = edges[i - inBlock * width];
            if (blockStart % size != 0 || edges[i] != blockStart + inBlock) {
                return false;
            }
        }
        return true;
    }

    private void lowerUntilFull() {
        List<FlatVector.Mixtures> sparse = new ArrayList<>();
        for (FlatVector vector : vectors) {
            if (vector instanceof FlatVector.Mixtures sum
                    && sum.weight().length < (long) sum.nodes() * sum.childNodes()) {
                sparse.add(sum);
            }
        }
        boolean lowered = true;
        while (lowered) {
            lowered = false;
            for (FlatVector.Mixtures sum : sparse) {
                while (tileArea(sum) > FILL * sum.weight().length) {
                    int largest = find(sum.id());
                    for (int child : sum.children()) {
                        largest = size(child) > blockSize[largest] ? find(child) : largest;
                    }
                    blockSize[largest] = smallerDivisor(blockSize[largest]);
                    lowered = true;
                }
            }
        }
    }

    private long tileArea(FlatVector.Mixtures sum) {
        SumTiles tiles = new SumTiles(sum, vectors, this::size);
        return tiles.start(tiles.count());
    }

    /** The largest proper divisor, so that lowering cuts tiles and never moves their bounds. */
    private static int smallerDivisor(int size) {
        for (int prime = 2; (long) prime * prime <= size; prime++) {
            if (size % prime == 0) {
                return size / prime;
            }
        }
        return 1;
    }

    private int size(int vector) {
        return blockSize[find(vector)];
    }

    private int find(int vector) {
        int root = vector;
        while (group[root] != root) {
            group[root] = group[group[root]];
            root = group[root];
        }
        return root;
    }

    private void join(int a, int b) {
        group[find(a)] = find(b);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
