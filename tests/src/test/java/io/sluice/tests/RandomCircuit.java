package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Binomial;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.DiscretizedLogistic;
import io.sluice.leaf.Exponential;
import io.sluice.leaf.Gamma;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Histogram;
import io.sluice.leaf.Indicator;
import io.sluice.leaf.LogNormal;
import io.sluice.leaf.MaskedCategorical;
import io.sluice.leaf.Poisson;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Smooth, decomposable circuits of random shape: blocks of several sizes, dense and sparse tiles,
 * sums of children with different block sizes, products of products, sums and inputs as children of
 * sums, vectors with several parents, blocks that nothing reads, and parts that are copied to other
 * variables with some of the vectors tied.
 */
final class RandomCircuit {
    private static final int[] BLOCK_SIZES = {1, 3, 8, 20, 32};
    private static final int MOST_BLOCKS = 3;
    private static final int MOST_SUMS_ON_SUMS = 2;

    private static final double REUSED = 0.2;
    private static final double COPIED = 0.35;
    private static final double TIED = 0.6;

    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> built = new ArrayList<>();
    private final SplittableRandom random;
    private final InputFamily[] families;

    private RandomCircuit(SplittableRandom random, InputFamily[] families) {
        this.random = random;
        this.families = families;
    }

    /** Up to five variables with at most four categories, so that assignments can be enumerated. */
    static Circuit discrete(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        InputFamily[] palette = {
            new Bernoulli(),
            new Categorical(2 + random.nextInt(3)),
            new Binomial(3),
            new MaskedCategorical(3),
            new DiscretizedLogistic(4),
            new Indicator(2)
        };
        return build(random, palette, 1 + random.nextInt(5), new RandomParameters(seed));
    }

    /** Such circuits with families that can represent every distribution over their categories. */
    static Circuit categorical(long seed, ParameterInitializer parameters) {
        SplittableRandom random = new SplittableRandom(seed);
        InputFamily[] palette = {
            new Bernoulli(), new Categorical(2 + random.nextInt(3)), new MaskedCategorical(3)
        };
        return build(random, palette, 1 + random.nextInt(5), parameters);
    }

    /** Up to seven variables of any families, some of them continuous. */
    static Circuit mixed(long seed, ParameterInitializer parameters) {
        SplittableRandom random = new SplittableRandom(seed);
        InputFamily[] palette = {
            new Bernoulli(),
            new Categorical(2 + random.nextInt(8)),
            new Gaussian(),
            new Binomial(6),
            new Poisson(),
            new LogNormal(),
            new Exponential(),
            new Gamma(),
            new DiscretizedLogistic(9),
            Histogram.ofEqualBins(-9, 9, 5),
            new MaskedCategorical(4),
            new Indicator(2)
        };
        return build(random, palette, 1 + random.nextInt(7), parameters);
    }

    /** Such circuits with families that every learner supports. */
    static Circuit plain(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        InputFamily[] palette = {
            new Bernoulli(), new Categorical(2 + random.nextInt(8)), new Gaussian()
        };
        return build(random, palette, 1 + random.nextInt(7), new RandomParameters(seed));
    }

    static Circuit mixed(long seed) {
        return mixed(seed, new RandomParameters(seed));
    }

    private static Circuit build(
            SplittableRandom random,
            InputFamily[] palette,
            int variables,
            ParameterInitializer parameters) {
        InputFamily[] families = new InputFamily[variables];
        Arrays.setAll(families, v -> palette[random.nextInt(palette.length)]);
        RandomCircuit circuit = new RandomCircuit(random, families);
        NodeVector root = circuit.root(IntStream.range(0, variables).toArray());
        return circuit.builder.build(root, parameters);
    }

    /** Mostly a sum; sometimes a product of single nodes, or a single input. */
    private NodeVector root(int[] variables) {
        if (random.nextDouble() < 0.85) {
            return sum(variables, 1, 1, 0);
        }
        if (variables.length == 1) {
            return builder.input(variables[0], families[variables[0]], 1, 1);
        }
        List<NodeVector> parts = new ArrayList<>();
        for (int[] part : split(variables)) {
            parts.add(sum(part, 1, 1, 0));
        }
        return builder.product(parts);
    }

    /** Some vector over the variables with the given block size and any number of blocks. */
    private NodeVector region(int[] variables, int blockSize) {
        for (NodeVector vector : built) {
            if (vector.blockSize() == blockSize
                    && Arrays.equals(vector.scope().toArray(), variables)
                    && random.nextDouble() < REUSED) {
                return vector;
            }
        }
        for (NodeVector vector : List.copyOf(built)) {
            if (vector.blockSize() == blockSize
                    && canBeCopiedTo(vector, variables)
                    && random.nextDouble() < COPIED) {
                return copy(
                        vector,
                        renaming(vector.scope().toArray(), variables),
                        new IdentityHashMap<>());
            }
        }
        double kind = random.nextDouble();
        if (variables.length == 1) {
            return kind < 0.5
                    ? input(variables[0], blockSize)
                    : sum(variables, blockSize, blocks(), 0);
        }
        return kind < 0.3 ? product(variables, blockSize) : sum(variables, blockSize, blocks(), 0);
    }

    private int blocks() {
        return 1 + random.nextInt(MOST_BLOCKS);
    }

    private int anyBlockSize() {
        return BLOCK_SIZES[random.nextInt(BLOCK_SIZES.length)];
    }

    private <V extends NodeVector> V kept(V vector) {
        built.add(vector);
        return vector;
    }

    private InputVector input(int variable, int blockSize) {
        return kept(builder.input(variable, families[variable], blockSize * blocks(), blockSize));
    }

    private ProductVector product(int[] variables, int blockSize) {
        List<NodeVector> parts = new ArrayList<>();
        for (int[] part : split(variables)) {
            parts.add(region(part, blockSize));
        }
        boolean alike = parts.stream().mapToInt(NodeVector::nodes).distinct().count() == 1;
        if (alike && random.nextBoolean()) {
            return kept(builder.product(parts));
        }
        int[][] childBlocks = new int[blocks()][parts.size()];
        for (int[] row : childBlocks) {
            Arrays.setAll(row, j -> random.nextInt(parts.get(j).blocks()));
        }
        return kept(builder.product(parts, childBlocks));
    }

    private List<int[]> split(int[] variables) {
        int parts = 2 + (variables.length > 2 ? random.nextInt(2) : 0);
        int[] cuts = new int[parts + 1];
        cuts[parts] = variables.length;
        // Every part keeps at least one variable.
        for (int i = 1; i < parts; i++) {
            cuts[i] =
                    cuts[i - 1] + 1 + random.nextInt(variables.length - cuts[i - 1] - (parts - i));
        }
        int[] shuffled = variables.clone();
        for (int i = shuffled.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = shuffled[j];
            shuffled[j] = shuffled[i];
            shuffled[i] = other;
        }
        List<int[]> result = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            int[] part = Arrays.copyOfRange(shuffled, cuts[i], cuts[i + 1]);
            Arrays.sort(part);
            result.add(part);
        }
        return result;
    }

    private SumVector sum(int[] variables, int blockSize, int blocks, int sumsAbove) {
        List<NodeVector> children = new ArrayList<>();
        int wanted = 1 + random.nextInt(3);
        while (children.size() < wanted) {
            children.add(childOfSum(variables, sumsAbove));
        }
        int nodes = blockSize * blocks;
        return kept(
                random.nextBoolean()
                        ? builder.sum(children, nodes, blockSize)
                        : sparse(children, nodes, blockSize));
    }

    private NodeVector childOfSum(int[] variables, int sumsAbove) {
        if (sumsAbove < MOST_SUMS_ON_SUMS && random.nextDouble() < 0.2) {
            return sum(variables, anyBlockSize(), blocks(), sumsAbove + 1);
        }
        return variables.length == 1
                ? input(variables[0], anyBlockSize())
                : product(variables, anyBlockSize());
    }

    private SumVector sparse(List<NodeVector> children, int nodes, int blockSize) {
        int childBlocks = children.stream().mapToInt(NodeVector::blocks).sum();
        List<Integer> parents = new ArrayList<>();
        List<Integer> read = new ArrayList<>();
        for (int q = 0; q < nodes / blockSize; q++) {
            int certain = random.nextInt(childBlocks);
            for (int c = 0; c < childBlocks; c++) {
                if (c == certain || random.nextDouble() < 0.4) {
                    parents.add(q);
                    read.add(c);
                }
            }
        }
        return builder.sum(children, nodes, blockSize, ints(parents), ints(read));
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean canBeCopiedTo(NodeVector vector, int[] variables) {
        int[] own = vector.scope().toArray();
        return own.length == variables.length
                && IntStream.range(0, own.length)
                        .allMatch(i -> families[own[i]].equals(families[variables[i]]))
                && IntStream.of(variables).noneMatch(vector.scope()::contains);
    }

    private static int[] renaming(int[] from, int[] to) {
        int[] renamed = new int[Arrays.stream(from).max().orElse(0) + 1];
        for (int i = 0; i < from.length; i++) {
            renamed[from[i]] = to[i];
        }
        return renamed;
    }

    /** Copies vectors to other variables. Some copies are tied to their originals. */
    private NodeVector copy(
            NodeVector original, int[] renamed, Map<NodeVector, NodeVector> copies) {
        NodeVector known = copies.get(original);
        if (known != null) {
            return known;
        }
        NodeVector made =
                switch (original) {
                    case InputVector input -> copyOf(input, renamed[input.variable()]);
                    case ProductVector product -> copyOf(product, renamed, copies);
                    case SumVector sum -> copyOf(sum, renamed, copies);
                };
        copies.put(original, made);
        return kept(made);
    }

    private InputVector copyOf(InputVector input, int variable) {
        return random.nextDouble() < TIED
                ? builder.tiedInput(variable, input)
                : builder.input(variable, families[variable], input.nodes(), input.blockSize());
    }

    private ProductVector copyOf(
            ProductVector product, int[] renamed, Map<NodeVector, NodeVector> copies) {
        List<NodeVector> children = copiesOf(product.children(), renamed, copies);
        int[][] childBlocks = new int[product.blocks()][children.size()];
        for (int q = 0; q < childBlocks.length; q++) {
            int block = q;
            Arrays.setAll(childBlocks[q], j -> product.childBlock(block, j));
        }
        return builder.product(children, childBlocks);
    }

    private SumVector copyOf(SumVector sum, int[] renamed, Map<NodeVector, NodeVector> copies) {
        List<NodeVector> children = copiesOf(sum.children(), renamed, copies);
        if (random.nextDouble() < TIED) {
            return builder.tiedSum(sum, children);
        }
        int[] parents = new int[sum.tiles()];
        int[] read = new int[sum.tiles()];
        Arrays.setAll(parents, sum::parentBlock);
        Arrays.setAll(read, sum::childBlock);
        return builder.sum(children, sum.nodes(), sum.blockSize(), parents, read);
    }

    private List<NodeVector> copiesOf(
            List<NodeVector> children, int[] renamed, Map<NodeVector, NodeVector> copies) {
        List<NodeVector> result = new ArrayList<>();
        for (NodeVector child : children) {
            result.add(copy(child, renamed, copies));
        }
        return result;
    }
}
