package io.sluice.model;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Writes the structure section of a model file, whose bytes {@code FORMAT.md} documents. */
final class StructureEncoder {
    static final int INPUT = 0;
    static final int PRODUCT = 1;
    static final int SUM = 2;
    private static final int NOTHING = -1;

    private StructureEncoder() {}

    static MemorySegment encode(Circuit circuit) {
        SectionWriter out = new SectionWriter();
        List<NodeVector> vectors = circuit.vectors();
        out.writeInt(circuit.variables());
        out.writeInt(vectors.size());
        out.writeInt(circuit.root().id());
        for (int v = 0; v < circuit.variables(); v++) {
            writeFamily(out, circuit.family(v));
        }
        for (NodeVector vector : vectors) {
            writeVector(out, vector);
        }
        for (NodeVector vector : vectors) {
            for (NodeVector child : children(vector)) {
                out.writeInt(child.id());
            }
        }
        for (NodeVector vector : vectors) {
            writeBlocks(out, vector);
        }
        return out.bytes();
    }

    private static void writeFamily(SectionWriter out, InputFamily family) {
        Map<String, double[]> settings = family.settings().values();
        out.writeText(family.type());
        out.writeInt(settings.size());
        settings.forEach(
                (name, numbers) -> {
                    out.writeText(name);
                    out.writeInt(numbers.length);
                    for (double number : numbers) {
                        out.writeDouble(number);
                    }
                });
    }

    private static void writeVector(SectionWriter out, NodeVector vector) {
        switch (vector) {
            case InputVector input -> {
                out.writeInt(INPUT);
                writeShape(out, vector);
                out.writeInt(input.parameterOwner());
                out.writeInt(input.variable());
            }
            case ProductVector product -> {
                out.writeInt(PRODUCT);
                writeShape(out, vector);
                out.writeInt(NOTHING);
                out.writeInt(NOTHING);
            }
            case SumVector sum -> {
                out.writeInt(SUM);
                writeShape(out, vector);
                out.writeInt(sum.parameterOwner());
                out.writeInt(NOTHING);
            }
        }
        out.writeInt(children(vector).size());
        out.writeLong(tableSize(vector));
    }

    private static void writeShape(SectionWriter out, NodeVector vector) {
        out.writeInt(vector.nodes());
        out.writeInt(vector.blockSize());
    }

    private static long tableSize(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> 0;
            case ProductVector product ->
                    isIdentity(product) ? 0 : (long) product.blocks() * product.children().size();
            case SumVector sum -> isTied(sum) || isDense(sum) ? 0 : 2L * sum.tiles();
        };
    }

    private static void writeBlocks(SectionWriter out, NodeVector vector) {
        if (tableSize(vector) == 0) {
            return;
        }
        if (vector instanceof ProductVector product) {
            for (int block = 0; block < product.blocks(); block++) {
                for (int child = 0; child < product.children().size(); child++) {
                    out.writeInt(product.childBlock(block, child));
                }
            }
        } else if (vector instanceof SumVector sum) {
            for (int e = 0; e < sum.tiles(); e++) {
                out.writeInt(sum.parentBlock(e));
            }
            for (int e = 0; e < sum.tiles(); e++) {
                out.writeInt(sum.childBlock(e));
            }
        }
    }

    private static boolean isIdentity(ProductVector product) {
        for (int child = 0; child < product.children().size(); child++) {
            if (product.children().get(child).nodes() != product.nodes()) {
                return false;
            }
        }
        for (int block = 0; block < product.blocks(); block++) {
            for (int child = 0; child < product.children().size(); child++) {
                if (product.childBlock(block, child) != block) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isTied(SumVector sum) {
        return sum.parameterOwner() != sum.id();
    }

    private static boolean isDense(SumVector sum) {
        return sum.tiles() == (long) sum.blocks() * blocks(sum.children());
    }

    private static long blocks(List<NodeVector> vectors) {
        return vectors.stream().mapToLong(NodeVector::blocks).sum();
    }

    private static List<NodeVector> children(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> List.of();
            case ProductVector product -> product.children();
            case SumVector sum -> sum.children();
        };
    }
}
