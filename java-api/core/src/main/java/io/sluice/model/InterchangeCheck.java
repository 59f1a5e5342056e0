package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeValues;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.InputFamilies;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checks the entries of an interchange file, one after another, and turns them into {@link
 * FlatVector}s. Memory never depends on a count alone: every node needs a row or edge in the file.
 */
final class InterchangeCheck {

    /** How far a node's probabilities may sum from one. */
    private static final double SUM_TOLERANCE = 1e-4;

    /**
     * Sums nearer to one than this differ by the rounding of float32. The numbers are kept, so an
     * exported circuit comes back unchanged. Others are normalised.
     */
    private static final double ROUNDING = 1e-5;

    /** How far the repeated parameters of a tied vector may be from those of its owner. */
    private static final double TIED_TOLERANCE = 1e-6;

    private final List<InterchangeVector> entries;
    private final String source;
    private final int inputs;

    InterchangeCheck(List<InterchangeVector> entries, String source) {
        this.entries = entries;
        this.source = source;
        this.inputs = (int) entries.stream().filter(e -> "input".equals(e.kind())).count();
    }

    /** All entries, checked; tied ones have the parameters of their owners. */
    List<FlatVector> vectors() {
        int[] named = new int[entries.size()];
        int[] first = new int[entries.size()];
        Arrays.fill(named, InterchangeVector.ABSENT);
        Arrays.fill(first, entries.size());
        for (InterchangeVector entry : entries) {
            named[entry.id()] = namedOwner(entry, named);
            first[named[entry.id()]] = Math.min(first[named[entry.id()]], entry.id());
        }
        List<FlatVector> vectors = new ArrayList<>();
        for (InterchangeVector entry : entries) {
            vectors.add(vector(entry, first[named[entry.id()]], vectors));
        }
        List<FlatVector> shared = new ArrayList<>();
        for (InterchangeVector entry : entries) {
            int owner = named[entry.id()];
            shared.add(shared(entry, vectors.get(entry.id()), vectors.get(owner)));
        }
        return shared;
    }

    /**
     * The end of the chain of {@code tied} fields that starts at an entry.
     *
     * @param known the ends of chains that were followed before, by entry, or absent; this chain's
     *     is added for each entry on it
     */
    private int namedOwner(InterchangeVector entry, int[] known) {
        InterchangeVector owner = entry;
        for (int steps = 0;
                owner.tied() != InterchangeVector.ABSENT
                        && known[owner.id()] == InterchangeVector.ABSENT;
                steps++) {
            if (owner.tied() >= entries.size() || steps > entries.size()) {
                throw problem(
                        entry,
                        "is tied to vector "
                                + owner.tied()
                                + ", which "
                                + (owner.tied() >= entries.size()
                                        ? "does not exist"
                                        : "is tied in a circle"),
                        "tie it to the vector that has the parameters");
            }
            owner = entries.get(owner.tied());
        }
        int end = known[owner.id()] == InterchangeVector.ABSENT ? owner.id() : known[owner.id()];
        for (InterchangeVector on = entry; on.id() != owner.id(); on = entries.get(on.tied())) {
            known[on.id()] = end;
        }
        known[owner.id()] = end;
        return end;
    }

    private FlatVector vector(InterchangeVector entry, int owner, List<FlatVector> before) {
        String kind = entry.kind();
        if (kind == null) {
            throw problem(entry, "has no kind", "give input, product or sum");
        }
        return switch (kind) {
            case "input" -> leaves(entry, owner);
            case "product" -> products(entry, before);
            case "sum" -> mixtures(entry, owner, before);
            default ->
                    throw problem(
                            entry, "is of the kind '" + kind + "'", "give input, product or sum");
        };
    }

    private FlatVector.Leaves leaves(InterchangeVector entry, int owner) {
        if (entry.variable() >= inputs || entry.variable() == InterchangeVector.ABSENT) {
            throw problem(
                    entry,
                    entry.variable() == InterchangeVector.ABSENT
                            ? "has no field var"
                            : "is over variable "
                                    + entry.variable()
                                    + ", but the file has only "
                                    + inputs
                                    + " inputs",
                    "number the variables from 0 without gaps");
        }
        InputFamily family = family(entry);
        NumberTable params = table(entry, entry.params(), "params");
        int nodes = params.rows();
        if (entry.nodes() != nodes) {
            throw problem(
                    entry,
                    "has " + nodes + " rows of params for " + count(entry.nodes()) + " nodes",
                    "give one row for each node");
        }
        int columns = family instanceof Bernoulli ? 1 : family.parameterRows();
        for (int node = 0; node < nodes; node++) {
            if (params.length(node) != columns) {
                throw problem(
                        entry,
                        "has "
                                + params.length(node)
                                + " params for node "
                                + node
                                + ", whose family is "
                                + family,
                        "give " + columns);
            }
        }
        float[] values = new float[Math.multiplyExact(family.parameterRows(), nodes)];
        double[] exact = new double[values.length]; // the same numbers, as families take them
        for (int node = 0; node < nodes; node++) {
            switch (family) {
                case Categorical categorical -> categorical(entry, params, node, values, nodes);
                case Bernoulli bernoulli -> {
                    double one = params.get(node, 0);
                    if (!(one >= 0 && one <= 1)) {
                        throw problem(
                                entry,
                                "has P(x=1) = " + one + " at node " + node,
                                "give a probability from 0 to 1");
                    }
                    values[node] = (float) (1 - one);
                    values[nodes + node] = (float) one;
                }
                default -> {
                    for (int row = 0; row < columns; row++) {
                        values[row * nodes + node] = (float) params.get(node, row);
                        exact[row * nodes + node] = values[row * nodes + node];
                    }
                    check(entry, family, exact, node);
                }
            }
        }
        return new FlatVector.Leaves(entry.id(), entry.variable(), family, nodes, owner, values);
    }

    private InputFamily family(InterchangeVector entry) {
        InterchangeVector.Distribution distribution = entry.distribution();
        String type = distribution == null ? null : distribution.type();
        if (distribution == null || type == null) {
            throw problem(entry, "has no dist with a type", types());
        }
        if (!InputFamilies.types().contains(type)) {
            throw problem(entry, "has a dist of the type '" + type + "'", types());
        }
        try {
            return InputFamilies.of(type, distribution.settings());
        } catch (InvalidArgumentException e) {
            throw problem(entry, "has a dist with " + e.getMessage(), "correct it");
        }
    }

    private static String types() {
        return "give one of " + String.join(", ", InputFamilies.types());
    }

    private void check(InterchangeVector entry, InputFamily family, double[] values, int node) {
        try {
            family.check(NodeValues.of(values, entry.nodes(), node));
        } catch (InvalidArgumentException e) {
            throw problem(entry, "has " + e.getMessage() + " at node " + node, "correct it");
        }
    }

    private void categorical(
            InterchangeVector entry, NumberTable params, int node, float[] values, int nodes) {
        double total = 0;
        for (int k = 0; k < params.length(node); k++) {
            checkWeight(entry, node, params.get(node, k));
            total += params.get(node, k);
        }
        double divisor = divisor(entry, node, total);
        for (int k = 0; k < params.length(node); k++) {
            values[k * nodes + node] = (float) (params.get(node, k) / divisor);
        }
    }

    private FlatVector.Products products(InterchangeVector entry, List<FlatVector> before) {
        int[] children = children(entry);
        NumberTable edges = table(entry, entry.edges(), "edges");
        int nodes = edges.rows();
        int[] flat = new int[Math.multiplyExact(nodes, children.length)];
        for (int node = 0; node < nodes; node++) {
            if (edges.length(node) != children.length) {
                throw problem(
                        entry,
                        "has "
                                + edges.length(node)
                                + " edges at node "
                                + node
                                + " for "
                                + children.length
                                + " children",
                        "give the index of one node of each child");
            }
            for (int j = 0; j < children.length; j++) {
                flat[node * children.length + j] =
                        index(
                                entry,
                                edges.get(node, j),
                                before.get(children[j]).nodes(),
                                "child node");
            }
        }
        return new FlatVector.Products(entry.id(), nodes, children, flat);
    }

    private FlatVector.Mixtures mixtures(
            InterchangeVector entry, int owner, List<FlatVector> before) {
        int[] children = children(entry);
        NumberTable table = table(entry, entry.edges(), "edges");
        int nodes = entry.nodes();
        if (nodes < 1 || nodes > table.rows()) {
            throw problem(
                    entry,
                    "has " + table.rows() + " edges for " + count(nodes) + " nodes",
                    "give at least one edge for each node");
        }
        int childNodes = 0;
        for (int child : children) {
            childNodes = Math.addExact(childNodes, before.get(child).nodes());
        }
        double[] totals = new double[nodes];
        for (int e = 0; e < table.rows(); e++) {
            if (table.length(e) != 3) {
                throw problem(
                        entry,
                        "has an edge of " + table.length(e) + " numbers",
                        "give [node, child, weight]");
            }
            int node = index(entry, table.get(e, 0), nodes, "node");
            index(entry, table.get(e, 1), childNodes, "child");
            checkWeight(entry, node, table.get(e, 2));
            totals[node] += table.get(e, 2);
        }
        for (int node = 0; node < nodes; node++) {
            totals[node] = divisor(entry, node, totals[node]);
        }
        int[] order = edgesThatCount(table, totals);
        int[] node = new int[order.length];
        int[] child = new int[order.length];
        float[] weight = new float[order.length];
        for (int i = 0; i < order.length; i++) {
            node[i] = (int) table.get(order[i], 0);
            child[i] = (int) table.get(order[i], 1);
            weight[i] = (float) (table.get(order[i], 2) / totals[node[i]]);
            if (i > 0 && node[i] == node[i - 1] && child[i] == child[i - 1]) {
                throw problem(
                        entry,
                        "has the edge from node " + node[i] + " to child " + child[i] + " twice",
                        "give it once");
            }
        }
        return new FlatVector.Mixtures(
                entry.id(), nodes, children, childNodes, owner, node, child, weight);
    }

    /** Rows of the edges whose weight is not 0 as a float, sorted by node, then child. */
    private static int[] edgesThatCount(NumberTable table, double[] divisors) {
        List<Integer> order = new ArrayList<>(table.rows());
        for (int e = 0; e < table.rows(); e++) {
            if ((float) (table.get(e, 2) / divisors[(int) table.get(e, 0)]) != 0) {
                order.add(e);
            }
        }
        order.sort(
                (a, b) -> {
                    int byNode = Double.compare(table.get(a, 0), table.get(b, 0));
                    return byNode != 0 ? byNode : Double.compare(table.get(a, 1), table.get(b, 1));
                });
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] children(InterchangeVector entry) {
        List<Integer> children = entry.children();
        if (children == null || children.isEmpty()) {
            throw problem(entry, "has no children", "list at least one vector");
        }
        for (int child : children) {
            if (child >= entry.id()) {
                throw problem(
                        entry,
                        "has vector " + child + " as a child",
                        "list children before their parents");
            }
        }
        return children.stream().mapToInt(Integer::intValue).toArray();
    }

    private NumberTable table(InterchangeVector entry, @Nullable NumberTable table, String field) {
        if (table == null || table.rows() == 0) {
            throw problem(entry, "has no " + field, "give at least one row");
        }
        return table;
    }

    private int index(InterchangeVector entry, double number, int limit, String what) {
        if (!(number >= 0 && number < limit) || number != Math.rint(number)) {
            throw problem(
                    entry,
                    "has an edge with " + what + " " + number,
                    "give a whole number from 0 to " + (limit - 1));
        }
        return (int) number;
    }

    private void checkWeight(InterchangeVector entry, int node, double weight) {
        if (!(weight >= 0)) {
            throw problem(
                    entry,
                    "has the weight " + weight + " at node " + node,
                    "give a number that is not negative");
        }
    }

    private double divisor(InterchangeVector entry, int node, double total) {
        if (!(Math.abs(total - 1) <= SUM_TOLERANCE)) {
            throw problem(
                    entry,
                    "has weights that sum to " + total + " at node " + node,
                    "normalise them to sum to 1 within " + SUM_TOLERANCE);
        }
        return Math.abs(total - 1) <= ROUNDING ? 1 : total;
    }

    /** The vector with the parameters of the owner that the file names. */
    private FlatVector shared(InterchangeVector entry, FlatVector vector, FlatVector owner) {
        if (vector.id() == owner.id()) {
            return vector;
        }
        return switch (vector) {
            case FlatVector.Leaves leaves -> {
                if (!(owner instanceof FlatVector.Leaves other)
                        || !other.family().equals(leaves.family())
                        || !near(leaves.values(), other.values())) {
                    throw differs(entry, owner);
                }
                yield new FlatVector.Leaves(
                        leaves.id(),
                        leaves.variable(),
                        leaves.family(),
                        leaves.nodes(),
                        leaves.owner(),
                        other.values());
            }
            case FlatVector.Mixtures mixtures -> {
                if (!(owner instanceof FlatVector.Mixtures other)
                        || other.nodes() != mixtures.nodes()
                        || other.childNodes() != mixtures.childNodes()
                        || !Arrays.equals(other.node(), mixtures.node())
                        || !Arrays.equals(other.child(), mixtures.child())
                        || !near(mixtures.weight(), other.weight())) {
                    throw differs(entry, owner);
                }
                yield new FlatVector.Mixtures(
                        mixtures.id(),
                        mixtures.nodes(),
                        mixtures.children(),
                        mixtures.childNodes(),
                        mixtures.owner(),
                        mixtures.node(),
                        mixtures.child(),
                        other.weight());
            }
            case FlatVector.Products products ->
                    throw problem(
                            entry,
                            "is a tied product",
                            "tie only inputs and sums: remove the field");
        };
    }

    private static boolean near(float[] a, float[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (Math.abs(a[i] - b[i]) > TIED_TOLERANCE * Math.max(1, Math.abs(b[i]))) {
                return false;
            }
        }
        return true;
    }

    private FileFormatException differs(InterchangeVector entry, FlatVector owner) {
        return problem(
                entry,
                "is tied to vector " + owner.id() + ", but its shape or parameters differ",
                "repeat those of vector " + owner.id() + ", or remove the field tied");
    }

    private FileFormatException problem(InterchangeVector entry, String found, String remedy) {
        return new FileFormatException(
                source
                        + ", line "
                        + entry.line()
                        + ": node vector "
                        + entry.id()
                        + " "
                        + found
                        + ": "
                        + remedy);
    }

    private static String count(int number) {
        return number == InterchangeVector.ABSENT ? "no number of" : Integer.toString(number);
    }
}
