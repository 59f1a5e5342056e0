package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Settings of an {@link Hclt}. For one thread. */
public final class HcltBuilder {
    private static final int DEFAULT_LATENTS = 64;

    private final @Nullable Dataset data;
    private final List<InputFamily> givenFamilies;
    private @Nullable ChowLiuTree tree;
    private int latents = DEFAULT_LATENTS;
    private int blockSize; // 0: the default for the latents
    private long seed;

    HcltBuilder(Dataset data) {
        this.data = data;
        this.givenFamilies = List.of();
    }

    HcltBuilder(Dataset data, List<InputFamily> families) {
        if (data.variables() != families.size()) {
            throw new InvalidArgumentException(
                    "data of "
                            + data.variables()
                            + " variables and "
                            + families.size()
                            + " families: give one family for each variable");
        }
        this.data = data;
        this.givenFamilies = List.copyOf(families);
    }

    HcltBuilder(ChowLiuTree tree, List<InputFamily> families) {
        if (tree.variables() != families.size()) {
            throw new InvalidArgumentException(
                    "a tree of "
                            + tree.variables()
                            + " variables and "
                            + families.size()
                            + " families: give one family for each variable");
        }
        this.data = null;
        this.tree = tree;
        this.givenFamilies = List.copyOf(families);
    }

    /** How many states each latent variable has, at least 1, by default 64. */
    public HcltBuilder latents(int changed) {
        BlockSizes.check(changed, 1);
        latents = changed;
        return this;
    }

    /**
     * How many nodes make a block; divides the number of latent states. By default the largest
     * divisor that is at most 128.
     */
    public HcltBuilder blockSize(int changed) {
        if (changed < 1) {
            throw new InvalidArgumentException("blocks of " + changed + " nodes: give at least 1");
        }
        blockSize = changed;
        return this;
    }

    /** The tree to build on, instead of the data's Chow-Liu tree with default settings. */
    public HcltBuilder tree(ChowLiuTree changed) {
        int variables = data == null ? givenFamilies.size() : data.variables();
        if (changed.variables() != variables) {
            throw new InvalidArgumentException(
                    "a tree of "
                            + changed.variables()
                            + " variables, expected "
                            + variables
                            + " as in the data");
        }
        tree = changed;
        return this;
    }

    /** Seed of the first parameters, by default 0. */
    public HcltBuilder seed(long changed) {
        seed = changed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException when the block size does not divide the number of latents
     */
    public Circuit build() {
        int block = blockSize == 0 ? BlockSizes.defaultFor(latents) : blockSize;
        BlockSizes.check(latents, block);
        if (data == null) {
            ChowLiuTree given = tree;
            if (given == null) {
                throw new AssertionError("a builder without data has a tree");
            }
            return build(given, givenFamilies, block, ParameterInitializer.random(seed));
        }
        Marginals marginals = Marginals.of(data);
        return build(
                tree == null ? ChowLiuTree.of(data) : tree,
                givenFamilies.isEmpty() ? marginals.families() : givenFamilies,
                block,
                new MarginalInitializer(marginals, false, seed));
    }

    private Circuit build(
            ChowLiuTree over,
            List<InputFamily> families,
            int block,
            ParameterInitializer initializer) {
        CircuitBuilder circuit = Circuit.builder();
        NodeVector[] sums = new NodeVector[over.variables()];
        int[] order = over.order();
        for (int i = order.length - 1; i > 0; i--) { // leaves first
            int v = order[i];
            NodeVector product = product(circuit, over, families, v, block, sums);
            sums[v] = circuit.sum(List.of(product), latents, block);
        }
        NodeVector product = product(circuit, over, families, over.root(), block, sums);
        return circuit.build(circuit.sum(List.of(product), 1, 1), initializer);
    }

    /** The input of a variable times the sums of its children; a leaf's input alone. */
    private NodeVector product(
            CircuitBuilder circuit,
            ChowLiuTree over,
            List<InputFamily> families,
            int variable,
            int block,
            NodeVector[] sums) {
        List<NodeVector> factors = new ArrayList<>();
        factors.add(circuit.input(variable, families.get(variable), latents, block));
        for (int child : over.children(variable)) {
            factors.add(sums[child]);
        }
        return factors.size() == 1 ? factors.get(0) : circuit.product(factors);
    }
}
