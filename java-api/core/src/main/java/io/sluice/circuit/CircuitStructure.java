package io.sluice.circuit;

import java.util.List;

/** A circuit without its parameters; circuits that differ only in these share it. */
final class CircuitStructure {
    private final List<NodeVector> vectors;
    private final NodeVector root;
    private final List<InputFamily> families;
    private final ParameterLayout layout;

    /**
     * @param vectors children before parents, each at the position of its id
     * @param families of each variable
     */
    CircuitStructure(List<NodeVector> vectors, NodeVector root, List<InputFamily> families) {
        this.vectors = vectors;
        this.root = root;
        this.families = families;
        this.layout = new ParameterLayout(vectors);
    }

    List<NodeVector> vectors() {
        return vectors;
    }

    NodeVector root() {
        return root;
    }

    List<InputFamily> families() {
        return families;
    }

    ParameterLayout layout() {
        return layout;
    }

    boolean ownsParameters(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.parameterOwner() == input.id();
            case ProductVector product -> false;
            case SumVector sum -> sum.parameterOwner() == sum.id();
        };
    }

    static List<NodeVector> children(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> List.of();
            case ProductVector product -> product.children();
            case SumVector sum -> sum.children();
        };
    }
}
