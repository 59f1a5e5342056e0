package io.sluice.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A vtree: a binary tree whose leaves are variables (Pipatsrisawat and Darwiche 2008), as its file
 * lists it, children before parents.
 *
 * <pre>
 * c a comment
 * vtree NODES
 * L ID VARIABLE          a leaf; variables count from 1
 * I ID LEFT RIGHT        an inner node of two nodes before it
 * </pre>
 */
final class Vtree {

    /**
     * A node.
     *
     * @param variable of a leaf, from 0; -1 of an inner node
     * @param left position of the left child in the list; -1 of a leaf
     * @param right position of the right child in the list; -1 of a leaf
     */
    record Node(int variable, int left, int right) {
        boolean isLeaf() {
            return left < 0;
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, Integer> positions = new HashMap<>(); // by id in the file

    private Vtree() {}

    /** Reads a file, in which every node but the last is the child of one other. */
    static Vtree read(Path file) throws IOException {
        Vtree tree = new Vtree();
        List<Boolean> used = new ArrayList<>();
        int variables = 0;
        try (LineReader in = new LineReader(file)) {
            while (in.next()) {
                switch (in.word(0)) {
                    case "vtree" -> in.expect(2);
                    case "L" -> {
                        in.expect(3);
                        tree.add(in, new Node(in.number(2, 1, Integer.MAX_VALUE) - 1, -1, -1));
                        used.add(false);
                        variables++;
                    }
                    case "I" -> {
                        in.expect(4);
                        Node node = new Node(-1, tree.position(in, 2), tree.position(in, 3));
                        if (node.left() == node.right()
                                || used.set(node.left(), true)
                                || used.set(node.right(), true)) {
                            throw in.problem("uses a node that is a child already");
                        }
                        tree.add(in, node);
                        used.add(false);
                    }
                    default -> throw in.problem("is of the unknown kind '" + in.word(0) + "'");
                }
            }
            if (tree.nodes.isEmpty()) {
                throw in.problem("ends without a node");
            }
            tree.checkVariables(in, variables);
            used.remove(used.size() - 1);
            if (used.contains(false)) {
                throw in.problem("leaves a node that is no child and not the last");
            }
        }
        return tree;
    }

    private void checkVariables(LineReader in, int variables) {
        boolean[] seen = new boolean[variables];
        for (Node node : nodes) {
            if (node.isLeaf()) {
                if (node.variable() >= variables || seen[node.variable()]) {
                    throw in.problem(
                            "ends with variable "
                                    + (node.variable() + 1)
                                    + " of "
                                    + variables
                                    + ", expected each from 1 on once");
                }
                seen[node.variable()] = true;
            }
        }
    }

    private void add(LineReader in, Node node) {
        if (positions.put(in.number(1, 0, Integer.MAX_VALUE), nodes.size()) != null) {
            throw in.problem("has the id " + in.word(1) + " of an earlier node");
        }
        nodes.add(node);
    }

    /** Position in the list of the node that a word names. */
    int position(LineReader in, int word) {
        Integer position = positions.get(in.number(word, 0, Integer.MAX_VALUE));
        if (position == null) {
            throw in.problem("refers to vtree node " + in.word(word) + ", which is not there");
        }
        return position;
    }

    /** The nodes, children before parents, the root last. */
    List<Node> nodes() {
        return nodes;
    }
}
