package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Rewrites a circuit vector by vector, with variables renamed or removed and parameters rescaled.
 *
 * <p>A vector over removed variables alone is gone. A product that keeps one of several factors
 * becomes that factor; where a sum then reads a block of nodes twice, the two tiles are added up.
 */
final class Rewriting {
    /** What {@code variables} holds for a variable that is removed. */
    static final int REMOVED = -1;

    /** What became of a vector: its block {@code q} is block {@code blocks[q]} of another. */
    private record Image(NodeVector vector, int[] blocks) {
        static Image of(NodeVector vector) {
            int[] blocks = new int[vector.blocks()];
            Arrays.setAll(blocks, q -> q);
            return new Image(vector, blocks);
        }
    }

    private final Circuit source;
    private final Parameters parameters;
    private final int[] variables;
    private final Rescaling rescaling;
    private final Assembly assembly;
    private final CircuitBuilder builder;
    private final @Nullable Image[] images;
    private final Map<Integer, InputVector> inputOwners = new HashMap<>();
    private final Map<Integer, SumVector> sumOwners = new HashMap<>();

    /**
     * @param parameters of the source's layout; any non-negative numbers
     * @param variables new number of each variable, or {@link #REMOVED}
     */
    Rewriting(
            Circuit source,
            Parameters parameters,
            int[] variables,
            Rescaling rescaling,
            Assembly assembly) {
        this.source = source;
        this.parameters = parameters;
        this.variables = variables;
        this.rescaling = rescaling;
        this.assembly = assembly;
        this.builder = assembly.builder();
        this.images = new Image[source.vectors().size()];
    }

    /** Adds everything to the assembly; gives the vector of the root's one node. */
    NodeVector root() {
        for (NodeVector vector : source.vectors()) {
            images[vector.id()] =
                    switch (vector) {
                        case InputVector input -> input(input);
                        case ProductVector product -> product(product);
                        case SumVector sum -> sum(sum);
                    };
        }
        Image root = images[source.root().id()];
        if (root == null) {
            throw new AssertionError("no variable is left");
        }
        return root.vector().nodes() == 1
                ? root.vector()
                : builder.product(List.of(root.vector()), new int[][] {{root.blocks()[0]}});
    }

    private @Nullable Image input(InputVector input) {
        int variable = variables[input.variable()];
        if (variable == REMOVED) {
            return null;
        }
        if (rescaling.changes(input)) {
            return Image.of(
                    assembly.filled(
                            own(input, variable), slice -> rescaling.writeInput(input, slice)));
        }
        InputVector owner = inputOwners.get(input.parameterOwner());
        if (owner != null) {
            return Image.of(builder.tiedInput(variable, owner));
        }
        InputVector made =
                assembly.filled(own(input, variable), slice -> slice.copyFrom(slice(input)));
        inputOwners.put(input.parameterOwner(), made);
        return Image.of(made);
    }

    private InputVector own(InputVector input, int variable) {
        return builder.input(variable, input.family(), input.nodes(), input.blockSize());
    }

    private @Nullable Image product(ProductVector product) {
        List<NodeVector> children = new ArrayList<>();
        List<Image> factors = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int j = 0; j < product.children().size(); j++) {
            Image factor = images[product.children().get(j).id()];
            if (factor != null) {
                factors.add(factor);
                children.add(factor.vector());
                places.add(j);
            }
        }
        if (factors.isEmpty()) {
            return null;
        }
        int[][] childBlocks = new int[product.blocks()][factors.size()];
        boolean identity = children.stream().allMatch(c -> c.nodes() == product.nodes());
        for (int q = 0; q < childBlocks.length; q++) {
            for (int j = 0; j < factors.size(); j++) {
                int block = product.childBlock(q, places.get(j));
                childBlocks[q][j] = factors.get(j).blocks()[block];
                identity &= childBlocks[q][j] == q;
            }
        }
        if (factors.size() == 1 && product.children().size() > 1) {
            int[] blocks = new int[childBlocks.length];
            Arrays.setAll(blocks, q -> childBlocks[q][0]);
            return new Image(children.get(0), blocks);
        }
        return Image.of(
                identity ? builder.product(children) : builder.product(children, childBlocks));
    }

    private @Nullable Image sum(SumVector sum) {
        Map<NodeVector, Integer> start = new LinkedHashMap<>(); // of children in the concatenation
        int width = 0;
        for (NodeVector child : sum.children()) {
            Image image = images[child.id()];
            if (image == null) {
                return null; // all children have one scope
            }
            if (start.putIfAbsent(image.vector(), width) == null) {
                width += image.vector().blocks();
            }
        }
        int[] target = new int[sum.edgeBlocks()];
        for (int e = 0; e < target.length; e++) {
            Image image = images[sum.childVector(e).id()];
            int first = Objects.requireNonNull(start.get(image.vector()));
            target[e] = first + image.blocks()[sum.childBlockInVector(e)];
        }
        List<NodeVector> children = List.copyOf(start.keySet());
        if (rescaling.changes(sum) || !ascends(sum, target)) {
            return Image.of(rescaled(sum, children, target));
        }
        SumVector owner = sumOwners.get(sum.parameterOwner());
        if (owner != null && reads(owner, target, width)) {
            return Image.of(builder.tiedSum(owner, children));
        }
        SumVector made =
                assembly.filled(
                        builder.sum(
                                children, sum.nodes(), sum.blockSize(), parentBlocks(sum), target),
                        slice -> slice.copyFrom(slice(sum)));
        sumOwners.putIfAbsent(sum.parameterOwner(), made);
        return Image.of(made);
    }

    /** Whether the tiles keep their order and none falls on another. */
    private static boolean ascends(SumVector sum, int[] target) {
        for (int q = 0; q < sum.blocks(); q++) {
            for (int e = sum.edgeStart(q) + 1; e < sum.edgeStart(q + 1); e++) {
                if (target[e] <= target[e - 1]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean reads(SumVector owner, int[] target, int width) {
        if (owner.childBlocks() != width || owner.edgeBlocks() != target.length) {
            return false;
        }
        for (int e = 0; e < target.length; e++) {
            if (owner.childBlock(e) != target[e]) {
                return false;
            }
        }
        return true;
    }

    private static int[] parentBlocks(SumVector sum) {
        int[] parents = new int[sum.edgeBlocks()];
        for (int q = 0; q < sum.blocks(); q++) {
            Arrays.fill(parents, sum.edgeStart(q), sum.edgeStart(q + 1), q);
        }
        return parents;
    }

    /** A sum with parameters of its own, to each tile of which one or more old ones contribute. */
    private SumVector rescaled(SumVector sum, List<NodeVector> children, int[] target) {
        long[] sorted = new long[target.length]; // target, then old edge block; by parent block
        for (int q = 0; q < sum.blocks(); q++) {
            for (int e = sum.edgeStart(q); e < sum.edgeStart(q + 1); e++) {
                sorted[e] = (long) target[e] << Integer.SIZE | e;
            }
            Arrays.sort(sorted, sum.edgeStart(q), sum.edgeStart(q + 1));
        }
        int[] parents = new int[target.length];
        int[] childBlocks = new int[target.length];
        int[] tile = new int[target.length]; // of each entry of sorted
        int tiles = 0;
        for (int q = 0; q < sum.blocks(); q++) {
            for (int i = sum.edgeStart(q); i < sum.edgeStart(q + 1); i++) {
                int child = (int) (sorted[i] >> Integer.SIZE);
                if (i == sum.edgeStart(q) || childBlocks[tiles - 1] != child) {
                    parents[tiles] = q;
                    childBlocks[tiles++] = child;
                }
                tile[i] = tiles - 1;
            }
        }
        SumVector made =
                builder.sum(
                        children,
                        sum.nodes(),
                        sum.blockSize(),
                        Arrays.copyOf(parents, tiles),
                        Arrays.copyOf(childBlocks, tiles));
        return assembly.filled(
                made,
                slice -> {
                    for (int i = 0; i < sorted.length; i++) {
                        add(sum, (int) sorted[i], slice, made.tileStart(tile[i]));
                    }
                    Weights.normalise(made, slice);
                });
    }

    private void add(SumVector sum, int edgeBlock, MemorySegment slice, long at) {
        boolean changes = rescaling.changes(sum);
        NodeVector child = sum.childVector(edgeBlock);
        int firstNode = sum.parentBlock(edgeBlock) * sum.blockSize();
        int firstChild = sum.childBlockInVector(edgeBlock) * child.blockSize();
        long from = source.layout().tileOffset(sum, edgeBlock);
        long index = 0;
        for (int row = 0; row < sum.blockSize(); row++) {
            double own = changes ? rescaling.logValue(sum, firstNode + row) : 0;
            for (int column = 0; column < child.blockSize(); column++, index++) {
                double weight = parameters.get(from + index);
                if (changes && own == Double.NEGATIVE_INFINITY) {
                    weight = source.parameters().get(from + index); // never visited
                } else if (changes && weight != 0) {
                    double log = rescaling.logValue(child, firstChild + column);
                    weight = Math.exp(Math.log(weight) + log - own);
                }
                float sumOfBoth = (float) (slice.getAtIndex(JAVA_FLOAT, at + index) + weight);
                slice.setAtIndex(JAVA_FLOAT, at + index, sumOfBoth);
            }
        }
    }

    private MemorySegment slice(NodeVector vector) {
        return parameters
                .segment()
                .asSlice(
                        source.layout().offset(vector.id()) * Float.BYTES,
                        source.layout().length(vector.id()) * Float.BYTES);
    }
}
