package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.RandomStreams;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Doubles the nodes of a circuit (Dang, Liu and Van den Broeck 2022, "Sparse Probabilistic Circuits
 * via Pruning and Growing", section 4): every node but the root becomes two. Copies of a product
 * multiply copies of its children. Every copy of a sum has the edges of the original to both copies
 * of each child, which makes four times as many. The weights of the copied edges are multiplied by
 * noise and normalised. The noise lets learning tell the copies apart; without it, the distribution
 * would not change.
 *
 * <p>The copies of a vector's nodes are further blocks of the same vector. Inputs are copied as
 * they are. What was tied stays tied.
 */
public final class Grow {

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private Grow() {}

    /**
     * The circuit with twice the nodes.
     *
     * @param noise standard deviation of the log-noise on copied weights, at least 0 and finite;
     *     the paper takes normal noise of about 0.3
     * @param seed of the noise
     * @throws InvalidArgumentException when the noise is out of range
     */
    public static Circuit twofold(Circuit circuit, double noise, long seed) {
        if (!(noise >= 0) || Double.isInfinite(noise)) {
            throw new InvalidArgumentException(
                    "growing with noise " + noise + ": give a finite number of at least 0");
        }
        checkSize(circuit);
        CircuitBuilder builder = Circuit.builder();
        NodeVector root = circuit.root();
        List<NodeVector> copies = new ArrayList<>();
        for (NodeVector vector : circuit.vectors()) {
            copies.add(
                    switch (vector) {
                        case InputVector input -> twofold(builder, input, input != root, copies);
                        case ProductVector product ->
                                twofold(builder, product, product != root, copies);
                        case SumVector sum -> twofold(builder, sum, sum != root, copies);
                    });
        }
        return builder.build(
                copies.get(root.id()),
                (vector, slice) -> {
                    NodeVector original = circuit.vectors().get(vector.id());
                    switch (original) {
                        case SumVector sum ->
                                fill(
                                        circuit,
                                        sum,
                                        (SumVector) vector,
                                        noise,
                                        RandomStreams.of(seed, vector.id()),
                                        slice);
                        case InputVector input -> fill(circuit, input, vector.nodes(), slice);
                        case ProductVector product -> {}
                    }
                });
    }

    private static void checkSize(Circuit circuit) {
        for (NodeVector vector : circuit.vectors()) {
            long tiles = vector instanceof SumVector sum ? sum.tiles() : 0;
            if (Math.max(2L * vector.nodes(), 4 * tiles) > LARGEST_ARRAY) {
                throw new InvalidArgumentException(
                        "growing "
                                + vector
                                + " with "
                                + tiles
                                + " tiles: one vector holds fewer than 2^31 nodes and tiles, so"
                                + " split the vector first");
            }
        }
    }

    private static NodeVector twofold(
            CircuitBuilder builder, InputVector input, boolean doubles, List<NodeVector> copies) {
        return input.parameterOwner() == input.id()
                ? builder.input(
                        input.variable(),
                        input.family(),
                        (doubles ? 2 : 1) * input.nodes(),
                        input.blockSize())
                : builder.tiedInput(
                        input.variable(), (InputVector) copies.get(input.parameterOwner()));
    }

    private static NodeVector twofold(
            CircuitBuilder builder,
            ProductVector product,
            boolean doubles,
            List<NodeVector> copies) {
        List<NodeVector> children = copiesOf(product.children(), copies);
        int[][] rows = new int[(doubles ? 2 : 1) * product.blocks()][children.size()];
        for (int block = 0; block < rows.length; block++) {
            int copy = block / product.blocks();
            for (int j = 0; j < children.size(); j++) {
                rows[block][j] =
                        copy * product.children().get(j).blocks()
                                + product.childBlock(block % product.blocks(), j);
            }
        }
        return builder.product(children, rows);
    }

    private static NodeVector twofold(
            CircuitBuilder builder, SumVector sum, boolean doubles, List<NodeVector> copies) {
        List<NodeVector> children = copiesOf(sum.children(), copies);
        if (sum.parameterOwner() != sum.id()) {
            return builder.tiedSum((SumVector) copies.get(sum.parameterOwner()), children);
        }
        int parents = doubles ? 2 : 1;
        int[] parentBlocks = new int[2 * parents * sum.tiles()];
        int[] childBlocks = new int[parentBlocks.length];
        int filled = 0;
        for (int e = 0; e < sum.tiles(); e++) {
            for (int parent = 0; parent < parents; parent++) {
                for (int child = 0; child < 2; child++) {
                    parentBlocks[filled] = parent * sum.blocks() + sum.parentBlock(e);
                    childBlocks[filled++] = indexOfCopy(sum, e, child);
                }
            }
        }
        return builder.sum(
                children, parents * sum.nodes(), sum.blockSize(), parentBlocks, childBlocks);
    }

    /** The index of a copy of a tile's child block among the doubled children's blocks. */
    private static int indexOfCopy(SumVector sum, int tile, int copy) {
        int inVector = sum.childBlockInVector(tile);
        int start = sum.childBlock(tile) - inVector;
        return 2 * start + copy * sum.childVector(tile).blocks() + inVector;
    }

    private static List<NodeVector> copiesOf(List<NodeVector> vectors, List<NodeVector> copies) {
        List<NodeVector> found = new ArrayList<>();
        for (NodeVector vector : vectors) {
            found.add(copies.get(vector.id()));
        }
        return found;
    }

    private static void fill(
            Circuit circuit,
            SumVector original,
            SumVector copy,
            double noise,
            SplittableRandom random,
            MemorySegment slice) {
        MemorySegment parameters = circuit.parameters().segment();
        double[] totals = new double[copy.nodes()];
        for (int e = 0; e < copy.tiles(); e++) {
            long from = circuit.layout().tileOffset(original, originalOf(original, copy, e));
            long to = copy.tileStart(e);
            for (int row = 0; row < copy.blockSize(); row++) {
                int node = copy.parentBlock(e) * copy.blockSize() + row;
                for (int column = 0; column < copy.childBlockSize(e); column++) {
                    double weight =
                            parameters.getAtIndex(JAVA_FLOAT, from++)
                                    * StrictMath.exp(noise * random.nextGaussian());
                    slice.setAtIndex(JAVA_FLOAT, to++, (float) weight);
                    totals[node] += (float) weight;
                }
            }
        }
        for (int e = 0; e < copy.tiles(); e++) {
            long to = copy.tileStart(e);
            for (int row = 0; row < copy.blockSize(); row++) {
                double total = totals[copy.parentBlock(e) * copy.blockSize() + row];
                for (int column = 0; column < copy.childBlockSize(e); column++, to++) {
                    double weight = slice.getAtIndex(JAVA_FLOAT, to) / total;
                    slice.setAtIndex(JAVA_FLOAT, to, Parameters.nearestWeight(weight));
                }
            }
        }
    }

    /** The original tile of a tile of the copy. Ids and the order of children are the same. */
    private static int originalOf(SumVector original, SumVector copy, int tile) {
        int inVector = copy.childBlockInVector(tile);
        int start = (copy.childBlock(tile) - inVector) / 2;
        int childBlock = start + inVector % (copy.childVector(tile).blocks() / 2);
        int block = copy.parentBlock(tile) % original.blocks();
        int low = original.firstTile(block);
        int high = original.firstTile(block + 1) - 1;
        while (low < high) { // child blocks ascend
            int middle = (low + high) >>> 1;
            if (original.childBlock(middle) < childBlock) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Repeats the nodes of a parameter table {@code [row][node]}. */
    private static void fill(
            Circuit circuit, InputVector original, int nodes, MemorySegment slice) {
        MemorySegment parameters = circuit.parameters().segment();
        long offset = circuit.layout().offset(original.id());
        for (int row = 0; row < original.family().parameterRows(); row++) {
            for (int node = 0; node < nodes; node++) {
                long from = offset + (long) row * original.nodes() + node % original.nodes();
                slice.setAtIndex(
                        JAVA_FLOAT,
                        (long) row * nodes + node,
                        parameters.getAtIndex(JAVA_FLOAT, from));
            }
        }
    }
}
