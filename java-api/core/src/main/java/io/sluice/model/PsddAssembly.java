package io.sluice.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;
import io.sluice.transform.Blocking;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Reads the nodes of a PSDD and builds one vector of the nodes of each vtree node. */
final class PsddAssembly {
    /** How far the probabilities of a decision may sum from one before they are normalised. */
    private static final double SUM_TOLERANCE = 1e-3;

    private static final int WORDS_BEFORE_ELEMENTS = 4;
    private static final int WORDS_OF_ELEMENT = 3;

    /** A node of the file: a decision, or a leaf that says how probable true is. */
    private static final class Node {
        private final int position; // of its vtree node in the list
        private final double probabilityOfTrue;
        private final Node[] primes;
        private final Node[] subs;
        private final float[] weights;
        private boolean reached;
        private int index; // in the vector of its vtree node

        Node(int position, double probabilityOfTrue, Node[] primes, Node[] subs, float[] weights) {
            this.position = position;
            this.probabilityOfTrue = probabilityOfTrue;
            this.primes = primes;
            this.subs = subs;
            this.weights = weights;
        }
    }

    private final Vtree tree;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, Node> byId = new HashMap<>();
    private final CircuitBuilder builder = Circuit.builder();
    private final Map<Integer, Consumer<MemorySegment>> writers = new HashMap<>();

    private PsddAssembly(Vtree tree) {
        this.tree = tree;
    }

    static Circuit circuit(Path psdd, Vtree tree, long fileBytes) throws IOException {
        PsddAssembly assembly = new PsddAssembly(tree);
        try (LineReader in = new LineReader(psdd)) {
            while (in.next()) {
                assembly.read(in);
            }
            if (assembly.nodes.isEmpty()
                    || assembly.nodes.get(assembly.nodes.size() - 1).position
                            != tree.nodes().size() - 1) {
                throw in.problem("ends without a last node for the vtree's root");
            }
        }
        return Blocking.merged(assembly.build(new CircuitBudget(psdd.toString(), fileBytes)));
    }

    private void read(LineReader in) {
        switch (in.word(0)) {
            case "psdd" -> in.expect(2);
            case "L" -> {
                in.expect(4);
                int literal = in.number(3, -Integer.MAX_VALUE, Integer.MAX_VALUE);
                leaf(in, Math.abs(literal), literal > 0 ? 1 : 0);
            }
            case "T" -> {
                in.expect(5);
                double one = Math.min(1, in.probability(4));
                leaf(in, in.number(3, 1, Integer.MAX_VALUE), one);
            }
            case "D" -> decision(in);
            default -> throw in.problem("is of the unknown kind '" + in.word(0) + "'");
        }
    }

    private int position(LineReader in) {
        return tree.position(in, 2);
    }

    private void leaf(LineReader in, int variable, double probabilityOfTrue) {
        int position = position(in);
        if (tree.nodes().get(position).variable() != variable - 1) {
            throw in.problem("is over variable " + variable + ", but its vtree node is not");
        }
        add(in, new Node(position, probabilityOfTrue, new Node[0], new Node[0], new float[0]));
    }

    private void decision(LineReader in) {
        if (in.words() < WORDS_BEFORE_ELEMENTS) {
            throw in.problem("has " + in.words() + " words, expected an id, a vtree and elements");
        }
        int position = position(in);
        Vtree.Node at = tree.nodes().get(position);
        int count = in.number(3, 1, Integer.MAX_VALUE);
        if ((in.words() - WORDS_BEFORE_ELEMENTS) % WORDS_OF_ELEMENT != 0
                || count != (in.words() - WORDS_BEFORE_ELEMENTS) / WORDS_OF_ELEMENT
                || at.isLeaf()) {
            throw in.problem(
                    "has "
                            + (in.words() - WORDS_BEFORE_ELEMENTS)
                            + " words of elements, expected three for each of "
                            + count
                            + ", and an inner vtree node");
        }
        Node[] primes = new Node[count];
        Node[] subs = new Node[count];
        double[] probabilities = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) {
            int word = WORDS_BEFORE_ELEMENTS + i * WORDS_OF_ELEMENT;
            primes[i] = child(in, word, at.left());
            subs[i] = child(in, word + 1, at.right());
            probabilities[i] = in.probability(word + 2);
            total += probabilities[i];
        }
        if (!(Math.abs(total - 1) <= SUM_TOLERANCE)) {
            throw in.problem("has probabilities that sum to " + total + ", expected 1");
        }
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = Parameters.nearestWeight(probabilities[i] / total);
        }
        add(in, new Node(position, 0, primes, subs, weights));
    }

    private Node child(LineReader in, int word, int position) {
        Node child = byId.get(in.number(word, 0, Integer.MAX_VALUE));
        if (child == null || child.position != position) {
            throw in.problem(
                    "has the element node "
                            + in.word(word)
                            + ", which is not there or not of the vtree node's child");
        }
        return child;
    }

    private void add(LineReader in, Node node) {
        if (byId.put(in.number(1, 0, Integer.MAX_VALUE), node) != null) {
            throw in.problem("has the id " + in.word(1) + " of an earlier node");
        }
        nodes.add(node);
    }

    private Circuit build(CircuitBudget budget) {
        List<List<Node>> atPosition = new ArrayList<>();
        tree.nodes().forEach(position -> atPosition.add(new ArrayList<>()));
        nodes.get(nodes.size() - 1).reached = true;
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.reached) {
                for (int e = 0; e < node.weights.length; e++) {
                    node.primes[e].reached |= node.weights[e] != 0;
                    node.subs[e].reached |= node.weights[e] != 0;
                }
            }
        }
        for (Node node : nodes) {
            if (node.reached) {
                List<Node> alike = atPosition.get(node.position);
                node.index = alike.size();
                alike.add(node);
            }
        }
        List<NodeVector> made = new ArrayList<>();
        int[] first = new int[tree.nodes().size()];
        int[] last = new int[tree.nodes().size()];
        for (int position = 0; position < tree.nodes().size(); position++) {
            Vtree.Node at = tree.nodes().get(position);
            List<Node> alike = atPosition.get(position);
            if (at.isLeaf()) {
                first[position] = at.variable();
                last[position] = at.variable();
                made.add(leaves(at.variable(), alike));
            } else {
                first[position] = Math.min(first[at.left()], first[at.right()]);
                last[position] = Math.max(last[at.left()], last[at.right()]);
                budget.takeScope(first[position], last[position], "vtree node " + position);
                made.add(decisions(alike, made.get(at.left()), made.get(at.right())));
            }
        }
        return builder.build(
                made.get(made.size() - 1),
                (vector, slice) -> Objects.requireNonNull(writers.get(vector.id())).accept(slice));
    }

    private NodeVector leaves(int variable, List<Node> alike) {
        int count = alike.size();
        InputVector input = builder.input(variable, new Bernoulli(), count, 1);
        writers.put(
                input.id(),
                slice -> {
                    for (int i = 0; i < count; i++) {
                        double one = alike.get(i).probabilityOfTrue;
                        slice.setAtIndex(JAVA_FLOAT, i, Parameters.nearestWeight(1 - one));
                        slice.setAtIndex(
                                JAVA_FLOAT, (long) count + i, Parameters.nearestWeight(one));
                    }
                });
        return input;
    }

    private NodeVector decisions(List<Node> alike, NodeVector left, NodeVector right) {
        Map<List<Integer>, Integer> elements = new LinkedHashMap<>(); // (prime, sub), numbered
        List<Integer> parents = new ArrayList<>();
        List<Integer> children = new ArrayList<>();
        Map<Long, Float> weights = new HashMap<>(); // of an edge, by parent and child
        for (Node node : alike) {
            for (int e = 0; e < node.weights.length; e++) {
                if (node.weights[e] != 0) {
                    List<Integer> pair = List.of(node.primes[e].index, node.subs[e].index);
                    int element = elements.computeIfAbsent(pair, p -> elements.size());
                    long edge = (long) node.index << Integer.SIZE | element;
                    Float before = weights.put(edge, node.weights[e]);
                    if (before == null) {
                        parents.add(node.index);
                        children.add(element);
                    } else {
                        weights.put(edge, before + node.weights[e]);
                    }
                }
            }
        }
        int[][] products = new int[elements.size()][];
        elements.forEach((pair, i) -> products[i] = new int[] {pair.get(0), pair.get(1)});
        SumVector sum =
                builder.sum(
                        List.of(builder.product(List.of(left, right), products)),
                        alike.size(),
                        1,
                        parents.stream().mapToInt(Integer::intValue).toArray(),
                        children.stream().mapToInt(Integer::intValue).toArray());
        writers.put(
                sum.id(),
                slice -> {
                    for (int e = 0; e < sum.tiles(); e++) {
                        long edge = (long) sum.parentBlock(e) << Integer.SIZE | sum.childBlock(e);
                        slice.setAtIndex(JAVA_FLOAT, e, Objects.requireNonNull(weights.get(edge)));
                    }
                });
        return sum;
    }
}
