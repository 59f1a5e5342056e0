package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds a {@link Circuit} from the leaves up. Vectors get their ids in the order in which they are
 * added, and every one is checked when it is added: sums must be smooth, products decomposable,
 * block sizes must fit. Each check costs time linear in the vector's edge blocks, not in its edges.
 *
 * <pre>{@code
 * CircuitBuilder b = Circuit.builder();
 * NodeVector x = b.input(0, new Categorical(3), 8, 8);
 * NodeVector y = b.input(1, new Categorical(3), 8, 8);
 * NodeVector root = b.sum(List.of(b.product(List.of(x, y))), 1, 1);
 * Circuit circuit = b.build(root, ParameterInitializer.random(seed));
 * }</pre>
 *
 * <p>All methods throw {@link InvalidArgumentException} and change nothing when what they are given
 * cannot become a circuit; the message names the vectors. A builder is used by one thread.
 */
public final class CircuitBuilder {

    /** A bound far beyond any memory that keeps offsets of parameters from overflowing. */
    private static final long MOST_PARAMETERS = 1L << 44;

    private final List<NodeVector> vectors = new ArrayList<>();
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
        checkShape("an input vector of variable " + variable, nodes, blockSize);
        return addInput(variable, family, nodes, blockSize, vectors.size());
    }

    /**
     * Adds leaves of another variable that share the parameters of existing ones: a homogeneous
     * hidden Markov model ties its emissions this way. Family, nodes and blocks are the owner's.
     *
     * @param owner an input vector of this builder; when it is tied itself, its owner is meant
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
        int nodes = count((long) childBlocks.length * copy.get(0).blockSize(), "nodes");
        int[] flat = new int[count((long) childBlocks.length * copy.size(), "child blocks")];
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
        NodeVector first = children.get(0);
        Scope scope = first.scope();
        for (int j = 1; j < children.size(); j++) {
            NodeVector child = children.get(j);
            if (child.blockSize() != first.blockSize()) {
                throw new InvalidArgumentException(
                        "a product of "
                                + first
                                + " and "
                                + child
                                + ": the children have different block sizes; build them with one");
            }
            if (child.scope().intersects(scope)) {
                throw new InvalidArgumentException(notDecomposable(children, j));
            }
            scope = scope.union(child.scope());
        }
        ProductVector product =
                new ProductVector(
                        vectors.size(), nodes, first.blockSize(), scope, children, childBlocks);
        vectors.add(product);
        return product;
    }

    private static String notDecomposable(List<NodeVector> children, int offender) {
        NodeVector second = children.get(offender);
        NodeVector first = second;
        for (int j = 0; j < offender; j++) {
            if (children.get(j).scope().intersects(second.scope())) {
                first = children.get(j);
                break;
            }
        }
        return "a product of "
                + first
                + " and "
                + second
                + " is not decomposable: their scopes share variables; multiply only vectors over"
                + " disjoint variables";
    }

    /** Adds sums in which every block has an edge block to every block of every child. */
    public SumVector sum(List<? extends NodeVector> children, int nodes, int blockSize) {
        List<NodeVector> copy = checkSum(children, nodes, blockSize);
        int[] childStart = childStart(copy);
        int blocks = nodes / blockSize;
        int width = childStart[copy.size()];
        int[] edgeStart = new int[blocks + 1];
        int[] childBlock = new int[count((long) blocks * width, "edge blocks")];
        for (int block = 0; block < blocks; block++) {
            for (int c = 0; c < width; c++) {
                childBlock[block * width + c] = c;
            }
            edgeStart[block + 1] = (block + 1) * width;
        }
        return addSum(copy, nodes, blockSize, childStart, edgeStart, childBlock, vectors.size());
    }

    /**
     * Adds sums with the given edge blocks, which are sorted by parent block, then child block.
     *
     * @param children at least one, each once, all with one scope; their block sizes may differ
     * @param nodes at least 1
     * @param blockSize divides {@code nodes}
     * @param parentBlocks of each edge block, the block of the sum; each block occurs at least once
     * @param childBlocks of each edge block, an index into the concatenation of the children's
     *     blocks; no pair occurs twice
     */
    public SumVector sum(
            List<? extends NodeVector> children,
            int nodes,
            int blockSize,
            int[] parentBlocks,
            int[] childBlocks) {
        List<NodeVector> copy = checkSum(children, nodes, blockSize);
        int[] childStart = childStart(copy);
        EdgeBlocks edges =
                EdgeBlocks.sorted(
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
     * Adds sums over other children that share nodes, blocks, edge blocks and parameters with
     * existing ones: a homogeneous hidden Markov model ties its transitions this way.
     *
     * @param owner a sum vector of this builder; when it is tied itself, its owner is meant
     * @param children as many blocks as the owner's children have, with the same block sizes in the
     *     same places
     */
    public SumVector tiedSum(SumVector owner, List<? extends NodeVector> children) {
        checkMine("the owner of a tied sum vector", owner);
        List<NodeVector> copy = checkSum(children, owner.nodes(), owner.blockSize());
        int[] childStart = childStart(copy);
        if (childStart[copy.size()] != owner.childBlocks()) {
            throw new InvalidArgumentException(
                    "a sum vector tied to "
                            + owner
                            + " has children of "
                            + childStart[copy.size()]
                            + " blocks together, expected the owner's "
                            + owner.childBlocks());
        }
        SumVector tied = owner.over(vectors.size(), copy, childStart);
        if (!tied.hasTilesOf(owner)) {
            throw new InvalidArgumentException(
                    "a sum vector over "
                            + copy.get(0)
                            + " tied to "
                            + owner
                            + ": the block sizes of the children differ; tie vectors whose children"
                            + " have the same blocks in the same places");
        }
        vectors.add(tied);
        return tied;
    }

    private SumVector addSum(
            List<NodeVector> children,
            int nodes,
            int blockSize,
            int[] childStart,
            int[] edgeStart,
            int[] childBlock,
            int parameterOwner) {
        SumVector sum =
                new SumVector(
                        vectors.size(),
                        nodes,
                        blockSize,
                        children,
                        childStart,
                        edgeStart,
                        childBlock,
                        parameterOwner);
        vectors.add(sum);
        return sum;
    }

    private List<NodeVector> checkSum(
            List<? extends NodeVector> children, int nodes, int blockSize) {
        checkShape("a sum vector", nodes, blockSize);
        List<NodeVector> copy = checkChildren("a sum vector", children);
        NodeVector first = copy.get(0);
        Set<NodeVector> seen = new HashSet<>();
        double childNodes = 0;
        for (NodeVector child : copy) {
            childNodes += child.nodes();
            if (!child.scope().equals(first.scope())) {
                throw new InvalidArgumentException(
                        "a sum of "
                                + first
                                + " and "
                                + child
                                + " is not smooth: their scopes differ; sum only vectors over the"
                                + " same variables");
            }
            if (!seen.add(child)) {
                throw new InvalidArgumentException(
                        "a sum vector has " + child + " as a child twice: list it once");
            }
        }
        if (nodes * childNodes > MOST_PARAMETERS) {
            throw new InvalidArgumentException(
                    "a sum vector of "
                            + nodes
                            + " nodes over "
                            + (long) childNodes
                            + " child nodes: one vector holds at most 2^44 parameters; use fewer"
                            + " nodes");
        }
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

    private static void checkShape(String what, int nodes, int blockSize) {
        if (nodes < 1 || blockSize < 1 || nodes % blockSize != 0) {
            throw new InvalidArgumentException(
                    what
                            + " of "
                            + nodes
                            + " nodes in blocks of "
                            + blockSize
                            + ": expected at least 1 node and a block size that divides the number"
                            + " of nodes");
        }
    }

    /** First block of each child in the concatenation, then the number of blocks. */
    private static int[] childStart(List<NodeVector> children) {
        int[] start = new int[children.size() + 1];
        for (int c = 0; c < children.size(); c++) {
            start[c + 1] = count((long) start[c] + children.get(c).blocks(), "child blocks");
        }
        return start;
    }

    /** A number of things in one vector, each with an entry in an array. */
    private static int count(long count, String what) {
        if (count > Integer.MAX_VALUE - Long.BYTES) {
            throw new InvalidArgumentException(
                    "a vector with "
                            + count
                            + " "
                            + what
                            + ": one vector holds fewer than 2^31; use larger blocks or more"
                            + " vectors");
        }
        return (int) count;
    }

    /**
     * Finishes the circuit with parameters that an initialiser writes.
     *
     * @param root a vector of exactly one node that depends on all variables, and on which no
     *     vector of this builder is without influence; the variables are {@code 0 .. V-1}
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
                                    initializer.fill(
                                            vector,
                                            memory.asSlice(
                                                    layout.offset(vector.id()) * Float.BYTES,
                                                    layout.length(vector.id()) * Float.BYTES));
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
