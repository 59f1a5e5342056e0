package io.sluice.circuit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/** Adds a copy of a vector and of all below it, over other variables. */
final class Duplication {
    private final CircuitBuilder builder;
    private final IntUnaryOperator variables;
    private final boolean tied;
    private final Map<Integer, NodeVector> copies = new HashMap<>(); // by the original's id

    Duplication(CircuitBuilder builder, IntUnaryOperator variables, boolean tied) {
        this.builder = builder;
        this.variables = variables;
        this.tied = tied;
    }

    /**
     * @param vectors of the builder, up to the one that is copied
     */
    NodeVector copy(List<NodeVector> vectors) {
        NodeVector top = vectors.get(vectors.size() - 1);
        boolean[] below = new boolean[vectors.size()];
        below[top.id()] = true;
        for (int id = top.id(); id >= 0; id--) {
            if (below[id]) {
                for (NodeVector child : CircuitStructure.children(vectors.get(id))) {
                    below[child.id()] = true;
                }
            }
        }
        for (NodeVector vector : vectors) {
            if (below[vector.id()]) {
                copies.put(vector.id(), copyOf(vector));
            }
        }
        return copied(top);
    }

    private NodeVector copyOf(NodeVector vector) {
        List<NodeVector> children = new ArrayList<>();
        for (NodeVector child : CircuitStructure.children(vector)) {
            children.add(copied(child));
        }
        return switch (vector) {
            case InputVector input -> {
                int variable = variables.applyAsInt(input.variable());
                yield tied
                        ? builder.tiedInput(variable, input)
                        : builder.input(variable, input.family(), input.nodes(), input.blockSize());
            }
            case ProductVector product -> builder.copyOf(product, children);
            case SumVector sum ->
                    tied ? builder.tiedSum(sum, children) : builder.copyOf(sum, children);
        };
    }

    private NodeVector copied(NodeVector original) {
        return Objects.requireNonNull(copies.get(original.id()));
    }
}
