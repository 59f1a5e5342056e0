package io.sluice.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.FileFormatException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.transform.Blocking;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Builds a circuit from the node vectors of a {@code .jpc} file. If a product takes single nodes
 * out of blocks, every edge is a tile of its own until the whole file is read.
 */
final class PyJuiceAssembly {
    private final List<PyJuiceVector> entries;
    private final int[] source; // the vector whose parameters each vector uses in the file
    private final int[] owner; // the first vector of those that share parameters
    private final int[] first; // variable of each vector
    private final int[] last;
    private final int inputs;
    private final PyJuiceLeaves leaves;
    private final boolean singleNodes;
    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> made = new ArrayList<>();
    private final Map<Integer, Consumer<MemorySegment>> writers = new HashMap<>();
    private final CircuitBudget budget;
    private long bytesLeft;

    private PyJuiceAssembly(List<PyJuiceVector> entries, long fileBytes) {
        this.entries = entries;
        this.budget = new CircuitBudget("the pickle", fileBytes);
        this.bytesLeft = fileBytes;
        int count = entries.size();
        source = new int[count];
        owner = new int[count];
        first = new int[count];
        last = new int[count];
        int leafVectors = 0;
        boolean single = false;
        for (PyJuiceVector entry : entries) {
            leafVectors += entry.kind().equals("Input") ? 1 : 0;
            single |=
                    entry.kind().equals("Product")
                            && rows(entry) != entry.blocks()
                            && rows(entry) == entry.nodes();
        }
        inputs = leafVectors;
        singleNodes = single;
        findOwners();
        boolean[] charged = new boolean[count];
        for (PyJuiceVector entry : entries) {
            int of = source[entry.id()];
            if (entry.kind().equals("Input") && !charged[of]) {
                charged[of] = true;
                use(entries.get(of).distribution().byteSize(), entry);
            }
        }
        leaves = new PyJuiceLeaves(entries, source);
    }

    /** Reads the bytes of a file. */
    static Circuit circuit(MemorySegment bytes) {
        if (!(Pickle.read(bytes, Set.of()) instanceof List<?> list) || list.isEmpty()) {
            throw new FileFormatException(
                    "the pickle is no list of node vectors: give a file of PyJuice");
        }
        List<PyJuiceVector> entries = new ArrayList<>();
        for (Object entry : list) {
            entries.add(new PyJuiceVector(entries.size(), entry));
        }
        return new PyJuiceAssembly(entries, bytes.byteSize()).circuit();
    }

    private static long rows(PyJuiceVector product) {
        long[] shape = product.array("edge_ids").shape();
        return shape.length == 2 ? shape[0] : -1;
    }

    private void findOwners() {
        int count = entries.size();
        for (PyJuiceVector entry : entries) {
            source[entry.id()] = entry.source(count);
        }
        int[] firstOfSource = new int[count];
        Arrays.fill(firstOfSource, -1);
        for (PyJuiceVector entry : entries) {
            int at = entry.id();
            for (int steps = 0; source[at] != at; steps++) {
                if (steps == count) {
                    throw entry.problem("is tied to itself", "tie vectors to one that is not tied");
                }
                source[at] = source[source[at]]; // shortens the chain for later vectors
                at = source[at];
            }
            source[entry.id()] = at;
            if (firstOfSource[at] < 0) {
                firstOfSource[at] = entry.id();
            }
            owner[entry.id()] = firstOfSource[at];
        }
    }

    private Circuit circuit() {
        for (PyJuiceVector entry : entries) {
            budget.takeNodes(
                    entry.nodes(), entry.nodes() / blockSize(entry), "node vector " + entry.id());
            made.add(
                    switch (entry.kind()) {
                        case "Input" -> input(entry);
                        case "Product" -> product(entry);
                        case "Sum" -> sum(entry);
                        default ->
                                throw entry.problem(
                                        "is of the kind '" + entry.kind() + "'",
                                        "give Input, Product or Sum");
                    });
        }
        Circuit circuit =
                builder.build(
                        made.get(made.size() - 1),
                        (vector, slice) ->
                                Objects.requireNonNull(writers.get(vector.id())).accept(slice));
        return singleNodes ? Blocking.merged(circuit) : circuit;
    }

    /** Charges bytes of the file, which may describe one thing only, however often it is named. */
    private void use(long bytes, PyJuiceVector entry) {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw entry.problem(
                    "uses numbers of the file that other vectors use",
                    "give each vector its own, and tie those that share parameters");
        }
    }

    private NumpyArray array(PyJuiceVector entry, String field) {
        NumpyArray array = entry.array(field);
        use(array.bytes().byteSize(), entry);
        return array;
    }

    private int blockSize(PyJuiceVector entry) {
        return singleNodes ? 1 : entry.blockSize();
    }

    private NodeVector input(PyJuiceVector entry) {
        int variable = entry.variable();
        if (variable >= inputs) {
            throw entry.problem(
                    "is over variable " + variable, "number the variables from 0 without gaps");
        }
        first[entry.id()] = variable;
        last[entry.id()] = variable;
        if (owner[entry.id()] != entry.id()) {
            if (made.get(owner[entry.id()]) instanceof InputVector shared
                    && shared.nodes() == entry.nodes()) {
                return builder.tiedInput(variable, shared);
            }
            throw notTied(entry);
        }
        PyJuiceVector parameters = entries.get(source[entry.id()]);
        PyJuiceLeaves.Leaf leaf = leaves.leaf(parameters, variable);
        NumpyArray values = array(parameters, "params");
        if (values.count() != (long) entry.nodes() * leaf.perNode()) {
            throw entry.problem(
                    "has " + values.count() + " parameters",
                    "give " + leaf.perNode() + " for each of " + entry.nodes() + " nodes");
        }
        InputVector input = builder.input(variable, leaf.family(), entry.nodes(), blockSize(entry));
        writers.put(
                input.id(),
                slice -> {
                    for (int node = 0; node < input.nodes(); node++) {
                        leaf.fill(values, node, NodeValues.of(slice, input.nodes(), node));
                    }
                });
        return input;
    }

    private static boolean nearOne(double total) {
        return Math.abs(total - 1) <= PyJuiceLeaves.SUM_TOLERANCE;
    }

    private List<NodeVector> children(PyJuiceVector entry) {
        int[] ids = entry.children();
        use(ids.length, entry);
        first[entry.id()] = Integer.MAX_VALUE;
        List<NodeVector> children = new ArrayList<>();
        for (int id : ids) {
            children.add(made.get(id));
            first[entry.id()] = Math.min(first[entry.id()], first[id]);
            last[entry.id()] = Math.max(last[entry.id()], last[id]);
        }
        if (children.isEmpty()) {
            throw entry.problem("has no children", "give a file of PyJuice");
        }
        return children;
    }

    private NodeVector product(PyJuiceVector entry) {
        List<NodeVector> children = children(entry);
        budget.takeScope(first[entry.id()], last[entry.id()], "product vector " + entry.id());
        NumpyArray edges = array(entry, "edge_ids");
        long rows = rows(entry);
        boolean ofNodes = rows != entry.blocks();
        if ((ofNodes && rows != entry.nodes()) || edges.shape()[1] != children.size()) {
            throw entry.problem(
                    "has edges of the shape " + Arrays.toString(edges.shape()),
                    "give a row for each block or node and a column for each child");
        }
        int copies = singleNodes && !ofNodes ? entry.blockSize() : 1; // nodes of a row
        int[][] childBlocks = new int[Math.multiplyExact((int) rows, copies)][children.size()];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < children.size(); j++) {
                int limit = children.get(j).blocks() / copies;
                int block = edges.index((long) row * children.size() + j, limit, what(entry));
                for (int i = 0; i < copies; i++) {
                    childBlocks[row * copies + i][j] = block * copies + i;
                }
            }
        }
        return builder.product(children, childBlocks);
    }

    private static String what(PyJuiceVector entry) {
        return "node vector " + entry.id() + " has an edge to";
    }

    private NodeVector sum(PyJuiceVector entry) {
        List<NodeVector> children = children(entry);
        NumpyArray edges = array(entry, "edge_ids");
        long count = edges.shape().length == 2 && edges.shape()[0] == 2 ? edges.shape()[1] : -1;
        if (count < entry.blocks() || count > Integer.MAX_VALUE - Long.BYTES) {
            throw entry.problem(
                    "has edges of the shape " + Arrays.toString(edges.shape()),
                    "give two rows, with at least a column for each block");
        }
        if (owner[entry.id()] != entry.id()) {
            if (made.get(owner[entry.id()]) instanceof SumVector shared
                    && shared.nodes() == entry.nodes()
                    && sameEdges(edges, entries.get(owner[entry.id()]).array("edge_ids"))) {
                budget.takeTiedTiles(shared.tiles(), "node vector " + entry.id());
                return builder.tiedSum(shared, children);
            }
            throw notTied(entry);
        }
        PyJuiceVector of = entries.get(source[entry.id()]);
        NumpyArray weights = array(of, "params");
        long[] shape = weights.shape();
        if (shape.length != 3 || shape[0] != count || shape[1] != entry.blockSize()) {
            throw entry.problem(
                    "has parameters of the shape " + Arrays.toString(shape),
                    "give [tiles][block size][child block size]");
        }
        PyJuiceTiles tiles =
                new PyJuiceTiles(
                        edges,
                        weights,
                        of.has("zero_param_mask") ? array(of, "zero_param_mask") : null,
                        singleNodes);
        int childBlocks = children.stream().mapToInt(NodeVector::blocks).reduce(0, Math::addExact);
        tiles.check(entry, childBlocks);
        SumVector sum =
                builder.sum(
                        children,
                        entry.nodes(),
                        blockSize(entry),
                        tiles.parentBlocks(),
                        tiles.childBlocks());
        if (!singleNodes && sum.parameters() != weights.count()) {
            throw entry.problem(
                    "has parameters of the shape " + Arrays.toString(shape),
                    "give tiles of the children's block sizes");
        }
        writers.put(
                sum.id(),
                slice -> {
                    tiles.fill(sum, slice);
                    normalise(sum, slice, of.has("zero_param_mask"));
                });
        return sum;
    }

    private static boolean sameEdges(NumpyArray edges, NumpyArray others) {
        if (!Arrays.equals(edges.shape(), others.shape())) {
            return false;
        }
        for (long i = 0; i < edges.count(); i++) {
            if (edges.number(i) != others.number(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param masked whether a mask set weights to zero, so the sum may be far below one
     */
    private static void normalise(SumVector sum, MemorySegment slice, boolean masked) {
        for (int node = 0; node < sum.nodes(); node++) {
            int block = node / sum.blockSize();
            double total = 0;
            for (int pass = 0; pass < 2; pass++) {
                for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                    int width = sum.childBlockSize(e);
                    long row = sum.tileStart(e) + (long) (node % sum.blockSize()) * width;
                    for (int j = 0; j < width; j++) {
                        double weight = slice.getAtIndex(JAVA_FLOAT, row + j);
                        if (pass == 0) {
                            total += weight;
                        } else if (nearOne(total) || (masked && total > 0)) {
                            slice.setAtIndex(
                                    JAVA_FLOAT,
                                    row + j,
                                    PyJuiceLeaves.representable(weight / total));
                        }
                    }
                }
            }
        }
    }

    private FileFormatException notTied(PyJuiceVector entry) {
        return entry.problem(
                "is tied to vector " + owner[entry.id()] + ", which has another shape",
                "tie vectors of one kind and shape");
    }
}
