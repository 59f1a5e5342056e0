package io.sluice.model;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.AtomicFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A circuit's node vectors as a graph for Graphviz: one box for each vector with its id, nodes and
 * blocks, an arrow from each vector to each of its children, and a dashed line from a tied vector
 * to the owner of its parameters.
 */
public final class DotExport {

    private DotExport() {}

    /**
     * Writes the graph in the DOT language, in UTF-8. The file appears under its name when it is
     * complete.
     *
     * @throws IOException when the file cannot be written; then none of it is left
     */
    public static void write(Circuit circuit, Path file) throws IOException {
        byte[] text = text(circuit).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }

    /** The graph in the DOT language. */
    public static String text(Circuit circuit) {
        StringBuilder dot =
                new StringBuilder("digraph circuit {\n    node [fontname=Helvetica];\n");
        for (NodeVector vector : circuit.vectors()) {
            switch (vector) {
                case InputVector input -> {
                    String what = "variable " + input.variable() + "\\n" + input.family();
                    node(dot, vector, "box", what);
                    tied(dot, vector, input.parameterOwner());
                }
                case ProductVector product -> {
                    node(dot, vector, "ellipse", "product");
                    arrows(dot, vector, product.children());
                }
                case SumVector sum -> {
                    node(dot, vector, "ellipse", "sum\\n" + sum.tiles() + " tiles");
                    arrows(dot, vector, sum.children());
                    tied(dot, vector, sum.parameterOwner());
                }
            }
        }
        return dot.append("}\n").toString();
    }

    private static void node(StringBuilder dot, NodeVector vector, String shape, String what) {
        dot.append(
                "    v%d [shape=%s, label=\"%d: %s\\n%d nodes in blocks of %d\"];\n"
                        .formatted(
                                vector.id(),
                                shape,
                                vector.id(),
                                what,
                                vector.nodes(),
                                vector.blockSize()));
    }

    private static void arrows(StringBuilder dot, NodeVector parent, List<NodeVector> children) {
        for (NodeVector child : children) {
            dot.append("    v%d -> v%d;\n".formatted(parent.id(), child.id()));
        }
    }

    private static void tied(StringBuilder dot, NodeVector vector, int owner) {
        if (owner != vector.id()) {
            dot.append(
                    "    v%d -> v%d [style=dashed, constraint=false, label=\"tied\"];\n"
                            .formatted(vector.id(), owner));
        }
    }
}
