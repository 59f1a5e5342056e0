package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Builds a {@link Circuit} from the leaves up. Vectors get their ids in the order in which they are
 * added, and every one is checked when it is added: sums must be smooth, products decomposable,
 * block sizes must fit. Each check costs time linear in the vector's tiles, not in its edges.
 *
 * <pre>{@code
 * CircuitBuilder b = Circuit.builder();
 * InputVector x = b.input(0, new Categorical(3), 8);
 * InputVector y = b.input(1, new Categorical(3), 8);
 * SumVector z = b.sum(8, b.product(x, y));             // 8 mixtures of 8 products p(x) p(y)
 * SumVector next = b.tiedDuplicate(z, v -> v + 2);     // the same of variables 2 and 3
 * SumVector root = b.sum(1, b.product(z, next));
 * Circuit circuit = b.build(root, ParameterInitializer.random(seed));
 * }</pre>
 *
 * <p>Vectors of any depth can be multiplied and summed. Sums that are not dense take an {@link
 * EdgePattern}.
 *
 * <p>All methods throw {@link InvalidArgumentException}, and change nothing, if their arguments
 * cannot become part of a circuit; the message names the vectors. A builder is for one thread.
 */
public final class CircuitBuilder {

    /** The largest default block size. */
    private static final int LARGEST_DEFAULT_BLOCK = 128;

    private final List<NodeVector> vectors = new ArrayList<>();
    private final Map<NodeVector, MaskedSum> masks = new HashMap<>();
    private final Map<Integer, InputVector> firstOfVariable = new HashMap<>();

    CircuitBuilder() {}

    /**
     * Adds leaves.
     *
     * @param variable from 0; a variable may have several input vectors, all of one family
     * @param nodes at least 1
     * @param blockSize divides {@code nodes}
     */
    public InputVector input(int variable, InputFamily family, int nodes, int blockSize) {
        VectorRules.checkShape("an input vector of variable " + variable, nodes, blockSize);
        return addInput(variable, family, nodes, blockSize, vectors.size());
    }

    /**
     * Adds leaves in the largest blocks that divide their number and have at most 128 nodes.
     *
     * @param variable from 0; a variable may have several input vectors, all of one family
     * @param nodes at least 1
     */
    public InputVector input(int variable, InputFamily family, int nodes) {
        return input(variable, family, nodes, defaultBlockSize(nodes));
    }

    /** The largest divisor of a number of nodes that is at most 128. */
    public static int defaultBlockSize(int nodes) {
        int size = Math.clamp(nodes, 1, LARGEST_DEFAULT_BLOCK);
        while (nodes % size != 0) {
            size--;
        }
        return size;
    }

    /**
     * Adds leaves of another variable that share the parameters of existing ones: a homogeneous
     * hidden Markov model ties its emissions this way. Family, nodes and blocks are the owner's.
     *
     * @param owner an input vector of this builder; a tied one stands for its owner
     */
    public InputVector tiedInput(int variable, InputVector owner) {
        checkMine("the owner of a tied input vector", owner);
        return addInput(
                variable, owner.family(), owner.nodes(), owner.blockSize(), owner.parameterOwner());
    }

    private InputVector addInput(
            int variable, InputFamily family, int nodes, int blockSize, int parameterOwner) {
        if (variable < 0) {
            throw new InvalidArgumentException(
                    "an input vector of variable " + variable + ": variables are numbered from 0");
        }
        InputVector first = firstOfVariable.get(variable);
        if (first != null && !first.family().equals(family)) {
            throw new InvalidArgumentException(
                    "variable "
                            + variable
                            + " would be "
                            + family
                            + ", but "
                            + first
                            + " has it already: give all input vectors of a variable one family");
        }
        InputVector input =
                new InputVector(vectors.size(), variable, family, nodes, blockSize, parameterOwner);
        vectors.add(input);
        firstOfVariable.putIfAbsent(variable, input);
        return input;
    }

    /** {@link #product(List)} of these vectors. */
    public ProductVector product(NodeVector... children) {
        return product(List.of(children));
    }

    /**
     * Adds products that multiply node {@code i} of every child: {@link #product(List, int[][])}
     * with block {@code q} of the product taking block {@code q} of each child.
     */
    public ProductVector product(List<? extends NodeVector> children) {
        List<NodeVector> copy = checkChildren("a product vector", children);
        NodeVector first = copy.get(0);
        for (NodeVector child : copy) {
            if (child.nodes() != first.nodes()) {
                throw new InvalidArgumentException(
                        "a product of "
                                + first
                                + " and "
                                + child
                                + ": the children have different numbers of nodes; give child"
                                + " blocks, or vectors of one size");
            }
        }
        return addProduct(copy, first.nodes(), null);
    }

    /**
     * Adds products: node {@code i} of block {@code q} is the product over the children {@code j}
     * of node {@code i} of block {@code childBlocks[q][j]} of child {@code j}.
     *
     * @param children at least one, with pairwise disjoint scopes and one block size, which becomes
     *     the product's
     * @param childBlocks {@code [blocks][children]}, each an index of a block inside its child; the
     *     product gets as many blocks as there are rows
     */
    public ProductVector product(List<? extends NodeVector> children, int[][] childBlocks) {
        List<NodeVector> copy = checkChildren("a product vector", children);
        if (childBlocks.length == 0) {
            throw new InvalidArgumentException(
                    "a product vector with no rows of child blocks: give one row for each block");
        }
        int nodes = VectorRules.count((long) childBlocks.length * copy.get(0).blockSize(), "nodes");
        int[] flat =
                new int[VectorRules.count((long) childBlocks.length * copy.size(), "child blocks")];
        for (int block = 0; block < childBlocks.length; block++) {
            int[] row = childBlocks[block];
            if (row.length != copy.size()) {
                throw new InvalidArgumentException(
                        "block "
                                + block
                                + " of a product vector has "
                                + row.length
                                + " child blocks, expected one for each of the "
                                + copy.size()
                                + " children");
            }
            for (int j = 0; j < row.length; j++) {
                NodeVector child = copy.get(j);
                if (row[j] < 0 || row[j] >= child.blocks()) {
                    throw new InvalidArgumentException(
                            "block "
                                    + block
                                    + " of a product vector takes block "
                                    + row[j]
                                    + " of "
                                    + child
                                    + ", which has "
                                    + child.blocks()
                                    + " blocks, numbered from 0");
                }
                flat[block * copy.size() + j] = row[j];
            }
        }
        return addProduct(copy, nodes, flat);
    }

    private ProductVector addProduct(
            List<NodeVector> children, int nodes, int @Nullable [] childBlocks) {
        ProductVector product =
                new ProductVector(
                        vectors.size(),
                        nodes,
                        children.get(0).blockSize(),
                        VectorRules.decomposed(children),
                        children,
                        childBlocks);
        vectors.add(product);
        return product;
    }

    /**
     * Adds dense sums in the largest blocks that divide their number and have at most 128 nodes.
     *
     * @param nodes at least 1
     */
    public SumVector sum(int nodes, NodeVector... children) {
        return sum(List.of(children), nodes, defaultBlockSize(nodes));
    }

    /** Adds sums in which every block has a tile for every block of every child. */
    public SumVector sum(List<? extends NodeVector> children, int nodes, int blockSize) {
        return sum(children, nodes, blockSize, EdgePattern.dense());
    }

    /**
     * Adds sums whose blocks read the child blocks that a pattern chooses.
     *
     * @param children at least one, each once, all with one scope; their block sizes may differ
     * @param nodes at least 1
     * @param blockSize divides {@code nodes}
     */
    public SumVector sum(
            List<? extends NodeVector> children, int nodes, int blockSize, EdgePattern pattern) {
        List<NodeVector> copy = checkSum(children, nodes, blockSize);
        int[] childStart = VectorRules.childStart(copy);
        int blocks = nodes / blockSize;
        int width = childStart[copy.size()];
        return switch (pattern) {
            case EdgePattern.Dense dense -> {
                int[] all = new int[VectorRules.count((long) blocks * width, "tiles")];
                for (int e = 0; e < all.length; e++) {
                    all[e] = e % width;
                }
                int[] start = new int[blocks + 1];
                Arrays.setAll(start, block -> block * width);
                yield addSum(copy, nodes, blockSize, childStart, start, all, vectors.size());
            }
            case EdgePattern.BlockDiagonal diagonal -> {
                int[] blocksOfBoth = EdgePattern.BlockDiagonal.diagonal(blocks, width);
                yield sum(copy, nodes, blockSize, blocksOfBoth, blocksOfBoth);
            }
            case EdgePattern.RandomBlocks random ->
                    sumOfBlocks(copy, nodes, blockSize, random.choose(blocks, width));
            case EdgePattern.Monarch monarch -> monarch(copy, nodes, blockSize, width);
            case EdgePattern.Mask mask -> {
                MaskedSum masked = new MaskedSum(mask, nodes, blockSize, copy, childStart);
                int[][] read = new int[blocks][];
                Arrays.setAll(read, masked::childBlocks);
                SumVector sum = sumOfBlocks(copy, nodes, blockSize, read);
                masks.put(sum, masked);
                yield sum;
            }
        };
    }

    /**
     * @param read for each block the child blocks that it reads
     */
    private SumVector sumOfBlocks(
            List<NodeVector> children, int nodes, int blockSize, int[][] read) {
        int count =
                VectorRules.count(Arrays.stream(read).mapToLong(row -> row.length).sum(), "tiles");
        int[] parents = new int[count];
        int[] childBlocks = new int[count];
        int e = 0;
        for (int q = 0; q < read.length; q++) {
            for (int child : read[q]) {
                parents[e] = q;
                childBlocks[e++] = child;
            }
        }
        return sum(children, nodes, blockSize, parents, childBlocks);
    }

    /**
     * Block {@code (i, j)} of the lower vector reads the child blocks of group {@code i}. Every
     * block of group {@code j} of the upper vector reads the blocks {@code (i, j)} of all i.
     */
    private SumVector monarch(List<NodeVector> children, int nodes, int blockSize, int width) {
        int groups = EdgePattern.Monarch.groups(width);
        int upperGroups = EdgePattern.Monarch.groups(nodes / blockSize);
        int lowerBlocks = groups * upperGroups;
        int[][] lower = new int[lowerBlocks][width / groups];
        for (int block = 0; block < lowerBlocks; block++) {
            int first = block / upperGroups * (width / groups);
            Arrays.setAll(lower[block], c -> first + c);
        }
        int[][] upper = new int[nodes / blockSize][groups];
        for (int block = 0; block < upper.length; block++) {
            int group = block / (upper.length / upperGroups);
            Arrays.setAll(upper[block], i -> i * upperGroups + group);
        }
        int lowerNodes = VectorRules.count((long) lowerBlocks * blockSize, "nodes");
        SumVector below = sumOfBlocks(children, lowerNodes, blockSize, lower);
        return sumOfBlocks(List.of(below), nodes, blockSize, upper);
    }

    /**
     * Adds sums with the given tiles, which are sorted by parent block, then child block.
     *
     * @param children at least one, each once, all with one scope; their block sizes may differ
     * @param nodes at least 1
     * @param blockSize divides {@code nodes}
     * @param parentBlocks block of the sum of each tile; each block occurs at least once
     * @param childBlocks child block of each tile, an index into the concatenation of the
     *     children's blocks; no pair occurs twice
     */
    public SumVector sum(
            List<? extends NodeVector> children,
            int nodes,
            int blockSize,
            int[] parentBlocks,
            int[] childBlocks) {
        List<NodeVector> copy = checkSum(children, nodes, blockSize);
        int[] childStart = VectorRules.childStart(copy);
        SumTiles edges =
                SumTiles.sorted(
                        parentBlocks, childBlocks, nodes / blockSize, childStart[copy.size()]);
        return addSum(
                copy,
                nodes,
                blockSize,
                childStart,
                edges.start(),
                edges.childBlock(),
                vectors.size());
    }

    /**
     * Adds sums over other children that share nodes, blocks, tiles and parameters with existing
     * ones: a homogeneous hidden Markov model ties its transitions this way.
     *
     * @param owner a sum vector of this builder; a tied one stands for its owner
     * @param children with as many blocks as the owner's children, of the same sizes in the same
     *     order
     */
    public SumVector tiedSum(SumVector owner, List<? extends NodeVector> children) {
        checkMine("the owner of a tied sum vector", owner);
        List<NodeVector> copy = checkSum(children, owner.nodes(), owner.blockSize());
        int[] childStart = VectorRules.childStart(copy);
        if (childStart[copy.size()] != owner.childBlocks()) {
            throw new InvalidArgumentException(
                    "a sum vector tied to "
                            + owner
                            + " has children of "
                            + childStart[copy.size()]
                            + " blocks together, expected the owner's "
                            + owner.childBlocks());
        }
        SumVector tied = owner.over(vectors.size(), copy, childStart, owner.parameterOwner());
        if (!tied.hasTilesOf(owner)) {
            throw new InvalidArgumentException(
                    "a sum vector over "
                            + copy.get(0)
                            + " tied to "
                            + owner
                            + ": the block sizes of the children differ; tie vectors whose children"
                            + " have the same blocks in the same order");
        }
        vectors.add(tied);
        return tied;
    }

    /**
     * Adds a copy of a vector and of all below it, over other variables. The copies have parameters
     * of their own.
     *
     * @param vector of this builder
     * @param variables for each variable the one that replaces it
     */
    public <V extends NodeVector> V duplicate(V vector, IntUnaryOperator variables) {
        return duplicate(vector, variables, false);
    }

    /**
     * Adds a {@link #duplicate} that shares the parameters of the original vectors.
     *
     * @param vector of this builder
     * @param variables for each variable the one that replaces it
     */
    public <V extends NodeVector> V tiedDuplicate(V vector, IntUnaryOperator variables) {
        return duplicate(vector, variables, true);
    }

    @SuppressWarnings("unchecked") // a copy is of the kind of what was copied
    private <V extends NodeVector> V duplicate(V vector, IntUnaryOperator variables, boolean tied) {
        checkMine("a vector to duplicate", vector);
        int before = vectors.size();
        try {
            List<NodeVector> upToIt = List.copyOf(vectors.subList(0, vector.id() + 1));
            return (V) new Duplication(this, variables, tied).copy(upToIt);
        } catch (InvalidArgumentException e) {
            List<NodeVector> partial = vectors.subList(before, vectors.size());
            partial.forEach(masks::remove);
            firstOfVariable.values().removeAll(partial);
            partial.clear();
            throw e;
        }
    }

    /** Adds the same products of other children. */
    ProductVector copyOf(ProductVector product, List<NodeVector> children) {
        int[][] childBlocks = new int[product.blocks()][children.size()];
        for (int block = 0; block < childBlocks.length; block++) {
            for (int j = 0; j < children.size(); j++) {
                childBlocks[block][j] = product.childBlock(block, j);
            }
        }
        return product(children, childBlocks);
    }

    /** Adds the same sums over other children, with parameters of their own. */
    SumVector copyOf(SumVector sum, List<NodeVector> children) {
        SumVector copy =
                sum.over(
                        vectors.size(), children, VectorRules.childStart(children), vectors.size());
        MaskedSum mask = masks.get(vectors.get(sum.parameterOwner()));
        if (mask != null) {
            masks.put(copy, mask);
        }
        vectors.add(copy);
        return copy;
    }

    private SumVector addSum(
            List<NodeVector> children,
            int nodes,
            int blockSize,
            int[] childStart,
            int[] firstTile,
            int[] childBlock,
            int parameterOwner) {
        SumVector sum =
                new SumVector(
                        vectors.size(),
                        nodes,
                        blockSize,
                        children,
                        childStart,
                        firstTile,
                        childBlock,
                        parameterOwner);
        vectors.add(sum);
        return sum;
    }

    private List<NodeVector> checkSum(
            List<? extends NodeVector> children, int nodes, int blockSize) {
        VectorRules.checkShape("a sum vector", nodes, blockSize);
        List<NodeVector> copy = checkChildren("a sum vector", children);
        VectorRules.checkSmooth(copy, nodes);
        return copy;
    }

    private List<NodeVector> checkChildren(String what, List<? extends NodeVector> children) {
        List<NodeVector> copy = List.copyOf(children);
        if (copy.isEmpty()) {
            throw new InvalidArgumentException(what + " without children: give at least one");
        }
        for (NodeVector child : copy) {
            checkMine("a child of " + what, child);
        }
        return copy;
    }

    private void checkMine(String what, NodeVector vector) {
        if (vector.id() >= vectors.size() || vectors.get(vector.id()) != vector) {
            throw new InvalidArgumentException(
                    what + " is " + vector + " of another builder: give vectors of this builder");
        }
    }

    /**
     * Finishes the circuit with parameters that an initialiser writes; those that a {@linkplain
     * EdgePattern#mask mask} leaves out become hard zeros afterwards, and the others are
     * normalised.
     *
     * @param root a vector of exactly one node that depends on all variables, {@code 0 .. V-1}, and
     *     from which every vector of this builder can be reached
     * @throws io.sluice.OutOfMemoryException when there is no room for the parameters
     */
    public Circuit build(NodeVector root, ParameterInitializer initializer) {
        CircuitStructure structure = structure(root);
        ParameterLayout layout = structure.layout();
        Parameters parameters =
                Parameters.filled(
                        layout.size(),
                        memory -> {
                            for (NodeVector vector : structure.vectors()) {
                                if (structure.ownsParameters(vector)) {
                                    MemorySegment slice =
                                            memory.asSlice(
                                                    layout.offset(vector.id()) * Float.BYTES,
                                                    layout.length(vector.id()) * Float.BYTES);
                                    initializer.fill(vector, slice);
                                    MaskedSum mask = masks.get(vector);
                                    if (mask != null) {
                                        mask.apply((SumVector) vector, slice);
                                    }
                                }
                            }
                        });
        return new Circuit(structure, parameters);
    }

    /**
     * Finishes the circuit with existing parameters, without copying them.
     *
     * @param root as in {@link #build(NodeVector, ParameterInitializer)}
     * @param parameters in the order of the circuit's {@link ParameterLayout}
     */
    public Circuit build(NodeVector root, Parameters parameters) {
        return new Circuit(structure(root), parameters);
    }

    private CircuitStructure structure(NodeVector root) {
        checkMine("the root", root);
        if (root.nodes() != 1) {
            throw new InvalidArgumentException(
                    "the root is "
                            + root
                            + ", expected exactly 1 node: put a sum of 1 node on top of it");
        }
        checkReachable(root);
        int variables = root.scope().size();
        InputFamily[] families = new InputFamily[variables];
        for (NodeVector vector : vectors) {
            if (vector instanceof InputVector input) {
                if (input.variable() >= variables) {
                    throw new InvalidArgumentException(
                            input
                                    + " is over variable "
                                    + input.variable()
                                    + ", but the root depends on "
                                    + variables
                                    + " variables: number the variables from 0 without gaps");
                }
                families[input.variable()] = input.family();
            }
        }
        return new CircuitStructure(List.copyOf(vectors), root, List.of(families));
    }

    private void checkReachable(NodeVector root) {
        boolean[] reached = new boolean[vectors.size()];
        reached[root.id()] = true;
        for (int id = vectors.size() - 1; id >= 0; id--) {
            NodeVector vector = vectors.get(id);
            if (!reached[id]) {
                throw new InvalidArgumentException(
                        vector
                                + " cannot be reached from the root, "
                                + root
                                + ": remove it, or make it a child of a vector that can");
            }
            for (NodeVector child : CircuitStructure.children(vector)) {
                reached[child.id()] = true;
            }
        }
    }
}
