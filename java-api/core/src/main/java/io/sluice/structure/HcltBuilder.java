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

    private final LatentSizes sizes = new LatentSizes();
    private final @Nullable Dataset data;
    private final List<InputFamily> givenFamilies;
    private @Nullable ChowLiuTree tree;
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

    /** Number of states of each latent variable, at least 1, by default 64. */
    public HcltBuilder latents(int latents) {
        sizes.latents(latents);
        return this;
    }

    /**
     * How many nodes make a block; divides the number of latent states. By default the largest
     * divisor that is at most 128.
     */
    public HcltBuilder blockSize(int nodes) {
        sizes.blockSize(nodes);
        return this;
    }

    /**
     * Number of trees that are mixed, at least 1, the default. They differ only in the distribution
     * of the root's latent variable. Each tree is a node of one vector of sums, such as one for
     * each class.
     */
    public HcltBuilder roots(int roots) {
        if (roots < 1) {
            throw new InvalidArgumentException(roots + " roots: give at least 1");
        }
        this.roots = roots;
        return this;
    }

    /**
     * Whether all variables share the parameters of their inputs; by default they do not. Their
     * families must be the same.
     */
    public HcltBuilder tiedInputs(boolean tiedInputs) {
        this.tiedInputs = tiedInputs;
        return this;
    }

    /** Which states of a child a latent state leads to: all of them by default. */
    public HcltBuilder edges(EdgePattern edges) {
        this.edges = edges;
        return this;
    }

    /**
     * The tree to build on, instead of the data's Chow-Liu tree with default settings: {@link
     * ChowLiuTree#builder} takes bins, smoothing and rows, {@link ChowLiuTree#rootedAt} another
     * root.
     */
    public HcltBuilder tree(ChowLiuTree tree) {
        int variables = data == null ? givenFamilies.size() : data.variables();
        if (tree.variables() != variables) {
            throw new InvalidArgumentException(
                    "a tree of "
                            + tree.variables()
                            + " variables, expected "
                            + variables
                            + " as in the data");
        }
        this.tree = tree;
        return this;
    }

    /** Seed of the first parameters, by default 0. */
    public HcltBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException if the block size does not divide the number of latents, or
     *     tied inputs have different families
     */
    public Circuit build() {
        int block = sizes.blockSize();
        ChowLiuTree given = tree;
        if (data == null) {
            if (given == null) {
                throw new AssertionError("a builder without data has a tree");
            }
            return build(given, leaves(new LeafSource.Families(givenFamilies)), block);
        }
        ChowLiuTree over = given == null ? ChowLiuTree.of(data) : given;
        return build(
                over,
                givenFamilies.isEmpty() && startsNearTree() ? nearTree(data, over) : leavesOf(data),
                block);
    }

    /** Whether the plain tree determines first parameters for every vector of sums and inputs. */
    private boolean startsNearTree() {
        return roots == 1 && !tiedInputs && edges.equals(EdgePattern.dense());
    }

    private Leaves nearTree(Dataset from, ChowLiuTree over) {
        Marginals marginals = Marginals.of(from);
        return new Leaves(
                marginals.families(),
                new TreeInitializer(from, over, sizes.latents(), marginals, seed));
    }

    private Leaves leavesOf(Dataset from) {
        Leaves found = leaves(new LeafSource.Data(from));
        return givenFamilies.isEmpty() ? found : new Leaves(givenFamilies, found.initializer());
    }

    private Leaves leaves(LeafSource source) {
        return tiedInputs ? source.homogeneousLeaves(seed) : source.leaves(seed);
    }

    private Circuit build(ChowLiuTree over, Leaves leaves, int block) {
        CircuitBuilder circuit = Circuit.builder();
        InputVector[] owner = new InputVector[1]; // the inputs that the others are tied to
        NodeVector states =
                new LatentTree(sizes.latents(), block, edges)
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
                                                    v,
                                                    leaves.families().get(v),
                                                    sizes.latents(),
                                                    block);
                                    return owner[0];
                                });
        NodeVector root = circuit.sum(List.of(states), roots, BlockSizes.defaultFor(roots));
        return circuit.build(roots == 1 ? root : circuit.sum(1, root), leaves.initializer());
    }
}
