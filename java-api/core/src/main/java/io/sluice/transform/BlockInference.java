package io.sluice.transform;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds block sizes for the vectors of a circuit: the largest for which
 *
 * <ul>
 *   <li>every product multiplies whole blocks: products and their children have one block size, and
 *       node {@code i} of a block takes nodes {@code i} of blocks;
 *   <li>tied vectors have the same tiles;
 *   <li>the tiles of a sum hold at most {@value #FILL} parameters for each edge: sparse sums do not
 *       become dense.
 * </ul>
 *
 * The first two conditions bind vectors into sets of one block size. Each set starts with the
 * largest size that its products allow, which is lowered while a sum is too empty.
 */
final class BlockInference {
    private static final long FILL = 4;

    /** A sum vector in which pairs of nodes have no edge. */
    private record SparseSum(SumVector vector, SumEdges edges, long count) {}

    private final Circuit circuit;
    private final List<NodeVector> vectors;
    private final int[] parent; // union-find: vectors of one set lead to one root
    private final int[] blockSize; // per vector; only the root of a set counts

    private BlockInference(Circuit circuit) {
        this.circuit = circuit;
        this.vectors = circuit.vectors();
        this.parent = new int[vectors.size()];
        this.blockSize = new int[vectors.size()];
        Arrays.setAll(parent, i -> i);
    }

    /** The block size of each vector. */
    static int[] blockSizes(Circuit circuit) {
        BlockInference inference = new BlockInference(circuit);
        inference.bind();
        inference.startLargest();
        inference.lowerUntilFull();
        int[] sizes = new int[circuit.vectors().size()];
        Arrays.setAll(sizes, inference::size);
        return sizes;
    }

    private void bind() {
        for (NodeVector vector : vectors) {
            switch (vector) {
                case InputVector input -> join(input.id(), input.parameterOwner());
                case ProductVector product ->
                        product.children().forEach(child -> join(product.id(), child.id()));
                case SumVector sum -> {
                    if (sum.parameterOwner() != sum.id()) {
                        join(sum.id(), sum.parameterOwner());
                        SumVector owner = (SumVector) vectors.get(sum.parameterOwner());
                        bindTiedChildren(sum.children(), owner.children());
                    }
                }
            }
        }
    }

    /**
     * Corresponding children of tied sums get one size; all of them when they do not correspond.
     */
    private void bindTiedChildren(List<NodeVector> children, List<NodeVector> others) {
        boolean corresponding = children.size() == others.size();
        for (int j = 0; corresponding && j < children.size(); j++) {
            corresponding = children.get(j).nodes() == others.get(j).nodes();
        }
        for (int j = 0; j < children.size(); j++) {
            join(children.get(j).id(), others.get(corresponding ? j : 0).id());
        }
        for (int j = 0; !corresponding && j < others.size(); j++) {
            join(others.get(j).id(), others.get(0).id());
        }
    }

    private void startLargest() {
        for (NodeVector vector : vectors) {
            int root = find(vector.id());
            blockSize[root] = gcd(blockSize[root], vector.nodes());
        }
        for (NodeVector vector : vectors) {
            if (vector instanceof ProductVector product) {
                int root = find(product.id());
                blockSize[root] = largestAligned(product, blockSize[root]);
            }
        }
    }

    /**
     * The largest divisor of a size for which a product takes whole blocks. A product that is
     * aligned for a size is aligned for its divisors, so earlier products stay aligned.
     */
    private static int largestAligned(ProductVector product, int size) {
        int divisor = size;
        while (size % divisor != 0 || !isAligned(product, divisor)) {
            divisor--;
        }
        return divisor;
    }

    private static boolean isAligned(ProductVector product, int size) {
        int old = product.blockSize();
        int length = gcd(old, size); // nodes of such a length are consecutive
        for (int node = 0; node < product.nodes(); node += length) {
            for (int j = 0; j < product.children().size(); j++) {
                int child = product.childBlock(node / old, j) * old + node % old;
                int first = node - node % size;
                int start = product.childBlock(first / old, j) * old + first % old;
                if (start % size != 0 || child != start + node % size) {
                    return false;
                }
            }
        }
        return true;
    }

    private void lowerUntilFull() {
        List<SparseSum> sparse = new ArrayList<>();
        for (NodeVector vector : vectors) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                SumEdges edges = new SumEdges(circuit, sum);
                long children = sum.children().stream().mapToLong(NodeVector::nodes).sum();
                long count = edges.count();
                if (count < sum.nodes() * children) {
                    sparse.add(new SparseSum(sum, edges, count));
                }
            }
        }
        boolean lowered = true;
        while (lowered) {
            lowered = false;
            for (SparseSum sum : sparse) {
                while (tileArea(sum) > FILL * sum.count()) {
                    int largest = find(sum.vector().id());
                    for (NodeVector child : sum.vector().children()) {
                        int of = find(child.id());
                        largest = blockSize[of] > blockSize[largest] ? of : largest;
                    }
                    blockSize[largest] = smallerDivisor(blockSize[largest]);
                    lowered = true;
                }
            }
        }
    }

    private long tileArea(SparseSum sum) {
        int[] childSizes =
                sum.vector().children().stream().mapToInt(child -> size(child.id())).toArray();
        return new Tiling(sum.vector(), sum.edges(), size(sum.vector().id()), childSizes).area();
    }

    /** The largest proper divisor: lowering cuts tiles and never moves their bounds. */
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
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }

    private void join(int a, int b) {
        parent[find(a)] = find(b);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
