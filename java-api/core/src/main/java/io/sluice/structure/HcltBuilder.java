package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Settings of an {@link Hclt}. For one thread. */
public final class HcltBuilder {
    private static final int DEFAULT_LATENTS = 64;

    private final @Nullable Dataset data;
    private final List<InputFamily> givenFamilies;
    private @Nullable ChowLiuTree tree;
    private int latents = DEFAULT_LATENTS;
    private int blockSize; // 0: the default for the latents
    private int roots = 1;
    private boolean tiedInputs;
    private EdgePattern edges = EdgePattern.dense();
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

    /**
     * How many trees are mixed that share all but the distribution of the root's latent variable,
     * at least 1, as by default. Each is a node of one vector of sums, such as one for each class.
     */
    public HcltBuilder roots(int changed) {
        if (changed < 1) {
            throw new InvalidArgumentException(changed + " roots: give at least 1");
        }
        roots = changed;
        return this;
    }

    /**
     * Whether all variables share the parameters of their inputs, which they do not by default.
     * Their families must be the same.
     */
    public HcltBuilder tiedInputs(boolean changed) {
        tiedInputs = changed;
        return this;
    }

    /** Which states of a child a latent state leads to: all of them by default. */
    public HcltBuilder edges(EdgePattern changed) {
        edges = changed;
        return this;
    }

    /**
     * The tree to build on, instead of the data's Chow-Liu tree with default settings: {@link
     * ChowLiuTree#builder} takes bins, smoothing and rows, {@link ChowLiuTree#rootedAt} another
     * root.
     */
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
     * @throws InvalidArgumentException when the block size does not divide the number of latents,
     *     or inputs are tied whose families differ
     */
    public Circuit build() {
        int block = blockSize == 0 ? BlockSizes.defaultFor(latents) : blockSize;
        BlockSizes.check(latents, block);
        ChowLiuTree given = tree;
        if (given == null) {
            if (data == null) {
                throw new AssertionError("a builder without data has a tree");
            }
            given = ChowLiuTree.of(data);
        }
        return build(given, leaves(given), block);
    }

    private Leaves leaves(ChowLiuTree over) {
        if (tiedInputs && givenFamilies.stream().distinct().count() > 1) {
            throw new InvalidArgumentException(
                    "tiedInputs(true) for families that differ: give one family, or leave inputs"
                            + " untied");
        }
        if (data == null) {
            LeafSource source = new LeafSource.Families(givenFamilies);
            return tiedInputs ? source.homogeneousLeaves(seed) : source.leaves(seed);
        }
        boolean plain = roots == 1 && !tiedInputs && edges.equals(EdgePattern.dense());
        if (plain && givenFamilies.isEmpty()) {
            Marginals marginals = Marginals.of(data);
            return new Leaves(
                    marginals.families(),
                    new TreeInitializer(data, over, latents, marginals, seed));
        }
        LeafSource source = new LeafSource.Data(data);
        Leaves leaves = tiedInputs ? source.homogeneousLeaves(seed) : source.leaves(seed);
        return givenFamilies.isEmpty()
                ? leaves
                : new Leaves(givenFamilies, leaves.initializer());
    }

    private Circuit build(ChowLiuTree over, Leaves leaves, int block) {
        CircuitBuilder circuit = Circuit.builder();
        InputVector[] owner = new InputVector[1]; // the inputs that the others are tied to
        NodeVector states =
                new LatentTree(latents, block, edges)
                        .add(
                                circuit,
                                over,
                                v -> {
                                    InputVector first = owner[0];
                                    if (tiedInputs && first != null) {
                                        return circuit.tiedInput(v, first);
                                    }
                                    owner[0] =
                                            circuit.input(
                                                    v, leaves.families().get(v), latents, block);
                                    return owner[0];
                                });
        NodeVector root = circuit.sum(List.of(states), roots, BlockSizes.defaultFor(roots));
        return circuit.build(roots == 1 ? root : circuit.sum(1, root), leaves.initializer());
    }
}
