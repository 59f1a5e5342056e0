package io.sluice.model;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a circuit from checked vectors, in blocks of one node, so every edge is a tile of its own.
 * Ids are those of the file.
 */
final class InterchangeAssembly {
    private final List<FlatVector> vectors;
    private final CircuitBuilder builder = Circuit.builder();
    private final List<NodeVector> built = new ArrayList<>();
    private final CircuitBudget budget;
    private final int[] first; // smallest and largest variable of each vector
    private final int[] last;

    InterchangeAssembly(List<FlatVector> vectors, CircuitBudget budget) {
        this.vectors = vectors;
        this.budget = budget;
        first = new int[vectors.size()];
        last = new int[vectors.size()];
    }

    Circuit circuit() {
        for (FlatVector vector : vectors) {
            charge(vector);
            built.add(
                    switch (vector) {
                        case FlatVector.Leaves leaves -> leaves(leaves);
                        case FlatVector.Products products -> products(products);
                        case FlatVector.Mixtures mixtures -> mixtures(mixtures);
                    });
        }
        return builder.build(built.get(built.size() - 1), this::fill);
    }

    /** Every node and edge has text of its own in the file, but a scope has none. */
    private void charge(FlatVector vector) {
        int id = vector.id();
        if (vector instanceof FlatVector.Leaves leaves) {
            first[id] = leaves.variable();
            last[id] = leaves.variable();
            return;
        }
        first[id] = Integer.MAX_VALUE;
        for (int child : vector.children()) {
            first[id] = Math.min(first[id], first[child]);
            last[id] = Math.max(last[id], last[child]);
        }
        if (vector instanceof FlatVector.Products) {
            budget.takeScope(first[id], last[id], "node vector " + id);
        }
    }

    private NodeVector leaves(FlatVector.Leaves leaves) {
        return leaves.owner() == leaves.id()
                ? builder.input(leaves.variable(), leaves.family(), leaves.nodes(), 1)
                : builder.tiedInput(leaves.variable(), (InputVector) built.get(leaves.owner()));
    }

    private NodeVector products(FlatVector.Products products) {
        int width = products.children().length;
        int[][] childNodes = new int[products.nodes()][];
        Arrays.setAll(
                childNodes,
                node -> Arrays.copyOfRange(products.edges(), node * width, (node + 1) * width));
        return builder.product(children(products), childNodes);
    }

    private NodeVector mixtures(FlatVector.Mixtures mixtures) {
        if (mixtures.owner() != mixtures.id()) {
            return builder.tiedSum((SumVector) built.get(mixtures.owner()), children(mixtures));
        }
        return builder.sum(
                children(mixtures), mixtures.nodes(), 1, mixtures.node(), mixtures.child());
    }

    private List<NodeVector> children(FlatVector vector) {
        return Arrays.stream(vector.children()).mapToObj(built::get).toList();
    }

    private void fill(NodeVector vector, MemorySegment slice) {
        switch (vectors.get(vector.id())) {
            case FlatVector.Leaves leaves -> copy(leaves.values(), slice);
            case FlatVector.Mixtures mixtures -> copy(mixtures.weight(), slice);
            case FlatVector.Products products -> {}
        }
    }

    private static void copy(float[] values, MemorySegment slice) {
        MemorySegment.copy(values, 0, slice, ValueLayout.JAVA_FLOAT, 0, values.length);
    }
}
