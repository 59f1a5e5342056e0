package io.sluice.model;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;

import tools.jackson.core.JsonGenerator;

import java.util.List;

/** Writes a circuit's vectors as node-level entries of an interchange file. */
final class InterchangeWriter {

    private final Circuit circuit;
    private final JsonGenerator json;

    InterchangeWriter(Circuit circuit, JsonGenerator json) {
        this.circuit = circuit;
        this.json = json;
    }

    void document(String name) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeName("nodes");
        json.writeStartArray();
        for (NodeVector vector : circuit.vectors()) {
            json.writeRaw("\n"); // one vector a line
            json.writeStartObject();
            switch (vector) {
                case InputVector input -> input(input);
                case ProductVector product -> product(product);
                case SumVector sum -> sum(sum);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeRaw("\n");
    }

    private void input(InputVector input) {
        json.writeStringProperty("kind", "input");
        json.writeNumberProperty("var", input.variable());
        json.writeNumberProperty("nodes", input.nodes());
        json.writeName("dist");
        json.writeStartObject();
        json.writeStringProperty("type", input.family().type());
        input.family().settings().values().forEach(this::setting);
        json.writeEndObject();
        tied(input, input.parameterOwner());
        json.writeName("params");
        json.writeStartArray();
        long offset = circuit.layout().offset(input.id());
        for (int node = 0; node < input.nodes(); node++) {
            if (input.family() instanceof Bernoulli) {
                parameter(offset + input.nodes() + node);
                continue;
            }
            json.writeStartArray();
            for (int row = 0; row < input.family().parameterRows(); row++) {
                parameter(offset + (long) row * input.nodes() + node);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void setting(String name, double[] numbers) {
        json.writeName(name);
        if (numbers.length == 1) {
            settingNumber(numbers[0]);
            return;
        }
        json.writeStartArray();
        for (double number : numbers) {
            settingNumber(number);
        }
        json.writeEndArray();
    }

    private void settingNumber(double number) {
        if (number == (int) number) {
            json.writeNumber((int) number);
        } else {
            json.writeNumber(number);
        }
    }

    private void product(ProductVector product) {
        json.writeStringProperty("kind", "product");
        children(product.children());
        json.writeName("edges");
        json.writeStartArray();
        int size = product.blockSize();
        for (int node = 0; node < product.nodes(); node++) {
            json.writeStartArray();
            for (int j = 0; j < product.children().size(); j++) {
                json.writeNumber(product.childBlock(node / size, j) * size + node % size);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void sum(SumVector sum) {
        json.writeStringProperty("kind", "sum");
        children(sum.children());
        json.writeNumberProperty("nodes", sum.nodes());
        tied(sum, sum.parameterOwner());
        json.writeName("edges");
        json.writeStartArray();
        for (int node = 0; node < sum.nodes(); node++) {
            int block = node / sum.blockSize();
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                int width = sum.childBlockSize(e);
                int firstChild = firstNodeOf(sum, e);
                long row =
                        circuit.layout().tileOffset(sum, e)
                                + (long) (node % sum.blockSize()) * width;
                for (int column = 0; column < width; column++) {
                    edge(node, firstChild + column, row + column);
                }
            }
        }
        json.writeEndArray();
    }

    private void edge(int node, int child, long index) {
        if (circuit.parameters().get(index) != 0) {
            json.writeStartArray();
            json.writeNumber(node);
            json.writeNumber(child);
            parameter(index);
            json.writeEndArray();
        }
    }

    /**
     * The first node of the child block that a tile reads, in the concatenation of the children.
     */
    private static int firstNodeOf(SumVector sum, int tile) {
        NodeVector target = sum.childVector(tile);
        int first = sum.childBlockInVector(tile) * target.blockSize();
        for (NodeVector child : sum.children()) {
            if (child == target) {
                break;
            }
            first += child.nodes();
        }
        return first;
    }

    private void tied(NodeVector vector, int owner) {
        if (owner != vector.id()) {
            json.writeNumberProperty("tied", owner);
        }
    }

    private void children(List<NodeVector> children) {
        json.writeName("children");
        json.writeStartArray();
        for (NodeVector child : children) {
            json.writeNumber(child.id());
        }
        json.writeEndArray();
    }

    private void parameter(long index) {
        json.writeNumber(circuit.parameters().get(index));
    }
}
