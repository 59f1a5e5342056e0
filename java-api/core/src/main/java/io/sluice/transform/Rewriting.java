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
 * <p>A vector over removed variables alone disappears. A product that keeps one of several factors
 * becomes that factor. If a sum then reads a block of nodes twice, the two tiles are added up.
 */
final class Rewriting {
    /** Marks a removed variable in {@code variables}. */
    static final int REMOVED = -1;

    /** The vector that replaces one: its block {@code blocks[q]} replaces block {@code q}. */
    private record Counterpart(NodeVector vector, int[] blocks) {
        static Counterpart of(NodeVector vector) {
            int[] blocks = new int[vector.blocks()];
            Arrays.setAll(blocks, q -> q);
            return new Counterpart(vector, blocks);
        }
    }

    private final Circuit source;
    private final Parameters parameters;
    private final int[] variables;
    private final Rescaling rescaling;
    private final Assembly assembly;
    private final CircuitBuilder builder;
    private final @Nullable Counterpart[] counterparts;
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
        this.counterparts = new Counterpart[source.vectors().size()];
    }

    /** Rewrites a circuit with its own parameters. */
    static Circuit of(Circuit source, int[] variables, Rescaling rescaling) {
        Assembly assembly = new Assembly();
        return assembly.build(
                new Rewriting(source, source.parameters(), variables, rescaling, assembly).root());
    }

    /** Adds all vectors to the assembly; returns that of the root's only node. */
    NodeVector root() {
        for (NodeVector vector : source.vectors()) {
            counterparts[vector.id()] =
                    switch (vector) {
                        case InputVector input -> input(input);
                        case ProductVector product -> product(product);
                        case SumVector sum -> sum(sum);
                    };
        }
        Counterpart root = counterparts[source.root().id()];
        if (root == null) {
            throw new AssertionError("no variable is left");
        }
        return root.vector().nodes() == 1
                ? root.vector()
                : builder.product(List.of(root.vector()), new int[][] {{root.blocks()[0]}});
    }

    private @Nullable Counterpart input(InputVector input) {
        int variable = variables[input.variable()];
        if (variable == REMOVED) {
            return null;
        }
        if (rescaling.changes(input)) {
            return Counterpart.of(
                    assembly.filled(
                            own(input, variable), slice -> rescaling.writeInput(input, slice)));
        }
        InputVector owner = inputOwners.get(input.parameterOwner());
        if (owner != null) {
            return Counterpart.of(builder.tiedInput(variable, owner));
        }
        InputVector made =
                assembly.filled(own(input, variable), slice -> slice.copyFrom(slice(input)));
        inputOwners.put(input.parameterOwner(), made);
        return Counterpart.of(made);
    }

    private InputVector own(InputVector input, int variable) {
        return builder.input(variable, input.family(), input.nodes(), input.blockSize());
    }

    private @Nullable Counterpart product(ProductVector product) {
        List<NodeVector> children = new ArrayList<>();
        List<Counterpart> factors = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        for (int j = 0; j < product.children().size(); j++) {
            Counterpart factor = counterparts[product.children().get(j).id()];
            if (factor != null) {
                factors.add(factor);
                children.add(factor.vector());
                positions.add(j);
            }
        }
        if (factors.isEmpty()) {
            return null;
        }
        int[][] childBlocks = new int[product.blocks()][factors.size()];
        boolean identity = children.stream().allMatch(c -> c.nodes() == product.nodes());
        for (int q = 0; q < childBlocks.length; q++) {
            for (int j = 0; j < factors.size(); j++) {
                int block = product.childBlock(q, positions.get(j));
                childBlocks[q][j] = factors.get(j).blocks()[block];
                identity &= childBlocks[q][j] == q;
            }
        }
        if (factors.size() == 1 && product.children().size() > 1) {
            int[] blocks = new int[childBlocks.length];
            Arrays.setAll(blocks, q -> childBlocks[q][0]);
            return new Counterpart(children.get(0), blocks);
        }
        return Counterpart.of(
                identity ? builder.product(children) : builder.product(children, childBlocks));
    }

    private @Nullable Counterpart sum(SumVector sum) {
        Map<NodeVector, Integer> start = new LinkedHashMap<>(); // of children in the concatenation
        int width = 0;
        for (NodeVector child : sum.children()) {
            Counterpart counterpart = counterparts[child.id()];
            if (counterpart == null) {
                return null; // all children have one scope
            }
            if (start.putIfAbsent(counterpart.vector(), width) == null) {
                width += counterpart.vector().blocks();
            }
        }
        int[] target = new int[sum.tiles()];
        for (int e = 0; e < target.length; e++) {
            Counterpart counterpart = counterparts[sum.childVector(e).id()];
            int first = Objects.requireNonNull(start.get(counterpart.vector()));
            target[e] = first + counterpart.blocks()[sum.childBlockInVector(e)];
        }
        List<NodeVector> children = List.copyOf(start.keySet());
        if (rescaling.changes(sum) || !ascends(sum, target)) {
            return Counterpart.of(rescaled(sum, children, target));
        }
        SumVector owner = sumOwners.get(sum.parameterOwner());
        if (owner != null && reads(owner, target, width)) {
            return Counterpart.of(builder.tiedSum(owner, children));
        }
        SumVector made =
                assembly.filled(
                        builder.sum(
                                children, sum.nodes(), sum.blockSize(), parentBlocks(sum), target),
                        slice -> slice.copyFrom(slice(sum)));
        sumOwners.putIfAbsent(sum.parameterOwner(), made);
        return Counterpart.of(made);
    }

    /** Whether the tiles keep their order and no two are merged. */
    private static boolean ascends(SumVector sum, int[] target) {
        for (int q = 0; q < sum.blocks(); q++) {
            for (int e = sum.firstTile(q) + 1; e < sum.firstTile(q + 1); e++) {
                if (target[e] <= target[e - 1]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean reads(SumVector owner, int[] target, int width) {
        if (owner.childBlocks() != width || owner.tiles() != target.length) {
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
        int[] parents = new int[sum.tiles()];
        for (int q = 0; q < sum.blocks(); q++) {
            Arrays.fill(parents, sum.firstTile(q), sum.firstTile(q + 1), q);
        }
        return parents;
    }

    /** A sum with its own parameters; each of its tiles is the total of one or more old tiles. */
    private SumVector rescaled(SumVector sum, List<NodeVector> children, int[] target) {
        long[] sorted = new long[target.length]; // target, then old tile; by parent block
        for (int q = 0; q < sum.blocks(); q++) {
            for (int e = sum.firstTile(q); e < sum.firstTile(q + 1); e++) {
                sorted[e] = (long) target[e] << Integer.SIZE | e;
            }
            Arrays.sort(sorted, sum.firstTile(q), sum.firstTile(q + 1));
        }
        int[] parents = new int[target.length];
        int[] childBlocks = new int[target.length];
        int[] tile = new int[target.length]; // of each entry of sorted
        int tiles = 0;
        for (int q = 0; q < sum.blocks(); q++) {
            for (int i = sum.firstTile(q); i < sum.firstTile(q + 1); i++) {
                int child = (int) (sorted[i] >> Integer.SIZE);
                if (i == sum.firstTile(q) || childBlocks[tiles - 1] != child) {
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
                    double[] total = new double[0]; // of the old tiles that are merged
                    for (int i = 0; i < sorted.length; i++) {
                        boolean first = i == 0 || tile[i] != tile[i - 1];
                        boolean last = i + 1 == sorted.length || tile[i] != tile[i + 1];
                        if (first) {
                            long end = made.tileStart(tile[i] + 1);
                            total = new double[Math.toIntExact(end - made.tileStart(tile[i]))];
                        }
                        add(sum, (int) sorted[i], total);
                        for (int k = 0; last && k < total.length; k++) {
                            long index = made.tileStart(tile[i]) + k;
                            slice.setAtIndex(JAVA_FLOAT, index, (float) total[k]);
                        }
                    }
                    Weights.normalise(made, slice);
                });
    }

    /** Adds the new weights of an old tile to those of a new one. */
    private void add(SumVector sum, int tile, double[] total) {
        boolean changes = rescaling.changes(sum);
        NodeVector child = sum.childVector(tile);
        int firstNode = sum.parentBlock(tile) * sum.blockSize();
        int firstChild = sum.childBlockInVector(tile) * child.blockSize();
        long from = source.layout().tileOffset(sum, tile);
        int index = 0;
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
                total[index] += weight;
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
