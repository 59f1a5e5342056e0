package io.sluice.model;

import static io.sluice.model.StructureEncoder.INPUT;
import static io.sluice.model.StructureEncoder.PRODUCT;
import static io.sluice.model.StructureEncoder.SUM;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.InputFamilies;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the structure section of a model file, whose bytes {@code FORMAT.md} documents, and builds
 * the circuit vector by vector.
 *
 * <p>It trusts no number: a large vector must have its parameters in the file, and everything else
 * is charged to a {@link CircuitBudget} before it is allocated.
 */
final class StructureDecoder {
    private static final int FAMILY_BYTES = 8; // at least, like the next two
    private static final int SETTING_BYTES = 8;
    private static final int VECTOR_BYTES = 32;

    /** One vector's record. */
    private record Entry(
            int kind,
            int nodes,
            int blockSize,
            int owner,
            int variable,
            int children,
            long tableSize) {}

    private final SectionReader in;
    private final Parameters parameters;
    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> vectors = new ArrayList<>();
    private final CircuitBudget budget;
    private long parametersLeft;
    private int[] first = {}; // smallest and largest variable of each vector
    private int[] last = {};

    private StructureDecoder(MemorySegment section, Parameters parameters) {
        this.in = new SectionReader("structure", section);
        this.parameters = parameters;
        parametersLeft = parameters.size();
        budget =
                new CircuitBudget(
                        "the structure section",
                        section.byteSize() + parameters.size() * (long) Float.BYTES);
    }

    /**
     * Reads the section.
     *
     * @throws FileFormatException when the section is not as documented, does not describe a
     *     circuit, or describes one of another size than the parameters
     */
    static Circuit decode(MemorySegment section, Parameters parameters) {
        try {
            return new StructureDecoder(section, parameters).decode();
        } catch (InvalidArgumentException e) {
            throw new FileFormatException("the file describes no circuit: " + e.getMessage(), e);
        }
    }

    private Circuit decode() {
        int variables = in.readCount("variables", FAMILY_BYTES);
        int count = in.readCount("vectors", VECTOR_BYTES);
        int root = in.readInt("the root");
        if (variables < 1 || root < 0 || root >= count) {
            throw in.damaged(
                    variables + " variables and vector " + root + " of " + count + " as root");
        }
        List<InputFamily> families = new ArrayList<>();
        for (int v = 0; v < variables; v++) {
            families.add(readFamily());
        }
        List<Entry> entries = new ArrayList<>();
        long childCount = 0;
        for (int id = 0; id < count; id++) {
            Entry entry = readEntry(id);
            entries.add(entry);
            childCount += entry.children();
        }
        int[] children = in.readInts(childCount, "children");
        int nextChild = 0;
        first = new int[count];
        last = new int[count];
        for (Entry entry : entries) {
            int id = vectors.size();
            List<NodeVector> childVectors = new ArrayList<>();
            for (int c = 0; c < entry.children(); c++) {
                childVectors.add(earlier(id, children[nextChild++]));
            }
            charge(id, entry, childVectors);
            vectors.add(
                    switch (entry.kind()) {
                        case INPUT -> input(id, entry, families);
                        case PRODUCT -> product(id, entry, childVectors);
                        default -> sum(id, entry, childVectors);
                    });
        }
        in.checkEnd();
        if (families.size() != vectors.get(root).scope().size()) {
            throw in.damaged(
                    families.size()
                            + " variables, but the root depends on "
                            + vectors.get(root).scope().size());
        }
        return builder.build(vectors.get(root), parameters);
    }

    private InputFamily readFamily() {
        String type = in.readText("a family");
        int count = in.readCount("settings", SETTING_BYTES);
        Map<String, double[]> settings = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.readText("a setting");
            double[] numbers = new double[in.readCount("numbers of a setting", Double.BYTES)];
            for (int j = 0; j < numbers.length; j++) {
                numbers[j] = in.readDouble("a number of a setting");
            }
            settings.put(name, numbers);
        }
        return InputFamilies.of(type, FamilySettings.of(settings));
    }

    private Entry readEntry(int id) {
        Entry entry =
                new Entry(
                        in.readInt("a kind"),
                        in.readInt("nodes"),
                        in.readInt("a block size"),
                        in.readInt("an owner"),
                        in.readInt("a variable"),
                        in.readInt("children"),
                        in.readLong("a table size"));
        if (entry.kind() < INPUT
                || entry.kind() > SUM
                || entry.children() < 0
                || entry.nodes() < 1
                || entry.blockSize() < 1
                || entry.nodes() % entry.blockSize() != 0) {
            throw in.damaged("an impossible vector " + id + " (" + entry + ")");
        }
        return entry;
    }

    private NodeVector earlier(int id, int reference) {
        if (reference < 0 || reference >= id) {
            throw in.damaged("vector " + id + " refer to vector " + reference);
        }
        return vectors.get(reference);
    }

    private NodeVector input(int id, Entry entry, List<InputFamily> families) {
        if (entry.variable() < 0 || entry.variable() >= families.size()) {
            throw in.damaged(
                    "input vector "
                            + id
                            + " over variable "
                            + entry.variable()
                            + " of "
                            + families.size());
        }
        InputFamily family = families.get(entry.variable());
        if (entry.owner() == id) {
            takeParameters(id, family.parameters(entry.nodes()));
            return builder.input(entry.variable(), family, entry.nodes(), entry.blockSize());
        }
        if (earlier(id, entry.owner()) instanceof InputVector owner) {
            return checkShape(id, entry, builder.tiedInput(entry.variable(), owner));
        }
        throw in.damaged("input vector " + id + " tied to vector " + entry.owner());
    }

    private NodeVector product(int id, Entry entry, List<NodeVector> children) {
        if (children.isEmpty()) {
            throw in.damaged("product vector " + id + " without children");
        }
        if (entry.tableSize() == 0) {
            return checkShape(id, entry, builder.product(children));
        }
        int blocks = entry.nodes() / entry.blockSize();
        if (entry.tableSize() != (long) blocks * children.size()) {
            throw in.damaged(
                    "a table of " + entry.tableSize() + " blocks for product vector " + id);
        }
        int[] table = in.readInts(entry.tableSize(), "blocks of product vector " + id);
        int[][] rows = new int[blocks][children.size()];
        for (int i = 0; i < table.length; i++) {
            rows[i / children.size()][i % children.size()] = table[i];
        }
        return checkShape(id, entry, builder.product(children, rows));
    }

    private NodeVector sum(int id, Entry entry, List<NodeVector> children) {
        if (entry.owner() != id) {
            if (earlier(id, entry.owner()) instanceof SumVector owner && entry.tableSize() == 0) {
                budget.takeTiedTiles(owner.tiles(), "vector " + id);
                return checkShape(id, entry, builder.tiedSum(owner, children));
            }
            throw in.damaged("sum vector " + id + " tied to vector " + entry.owner());
        }
        if (entry.tableSize() == 0) {
            long width = children.stream().mapToLong(NodeVector::nodes).sum();
            boolean fits = width <= parametersLeft / entry.nodes();
            takeParameters(id, fits ? width * entry.nodes() : Long.MAX_VALUE);
            return builder.sum(children, entry.nodes(), entry.blockSize());
        }
        if (entry.tableSize() % 2 != 0) {
            throw in.damaged("a table of " + entry.tableSize() + " blocks for sum vector " + id);
        }
        int[] parents = in.readInts(entry.tableSize() / 2, "blocks of sum vector " + id);
        int[] childBlocks = in.readInts(entry.tableSize() / 2, "blocks of sum vector " + id);
        // Each of its blocks must have a tile, so this bounds the number of blocks.
        takeParameters(id, (long) parents.length * entry.blockSize());
        if (entry.nodes() / entry.blockSize() > parents.length) {
            throw in.damaged("sum vector " + id + " with blocks that have no edges");
        }
        return builder.sum(children, entry.nodes(), entry.blockSize(), parents, childBlocks);
    }

    private NodeVector checkShape(int id, Entry entry, NodeVector built) {
        if (built.nodes() != entry.nodes() || built.blockSize() != entry.blockSize()) {
            throw in.damaged(
                    "vector "
                            + id
                            + " of "
                            + entry.nodes()
                            + " nodes in blocks of "
                            + entry.blockSize()
                            + ", which its children or owner make "
                            + built);
        }
        return built;
    }

    private void takeParameters(int id, long count) {
        if (count > parametersLeft) {
            throw in.damaged(
                    "vector "
                            + id
                            + " of "
                            + count
                            + " parameters, but of the file's "
                            + parameters.size()
                            + " only "
                            + parametersLeft
                            + " are left for it");
        }
        parametersLeft -= count;
    }

    /** Charges a vector to the budget before it is built. */
    private void charge(int id, Entry entry, List<NodeVector> children) {
        first[id] = entry.kind() == INPUT ? entry.variable() : Integer.MAX_VALUE;
        last[id] = entry.kind() == INPUT ? entry.variable() : 0;
        for (NodeVector child : children) {
            first[id] = Math.min(first[id], first[child.id()]);
            last[id] = Math.max(last[id], last[child.id()]);
        }
        budget.takeNodes(entry.nodes(), entry.nodes() / entry.blockSize(), "vector " + id);
        if (entry.kind() == PRODUCT) {
            budget.takeScope(first[id], last[id], "product vector " + id);
        }
    }
}
