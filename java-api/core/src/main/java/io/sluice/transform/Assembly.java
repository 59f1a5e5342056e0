package io.sluice.transform;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A circuit under construction, with a writer for the parameters of each of its vectors. */
final class Assembly {
    private final CircuitBuilder builder = Circuit.builder();
    private final Map<NodeVector, Consumer<MemorySegment>> writers = new HashMap<>();

    CircuitBuilder builder() {
        return builder;
    }

    /**
     * Sets the writer of a vector's parameters.
     *
     * @param writer receives zeroed memory in the order of the layout
     */
    <V extends NodeVector> V filled(V vector, Consumer<MemorySegment> writer) {
        writers.put(vector, writer);
        return vector;
    }

    Circuit build(NodeVector root) {
        return builder.build(
                root,
                (vector, slice) -> {
                    Consumer<MemorySegment> writer = writers.get(vector);
                    if (writer == null) {
                        throw new AssertionError("no writer for the parameters of " + vector);
                    }
                    writer.accept(slice);
                });
    }
}
