package io.sluice.learning;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.runtime.Engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The vectors of a circuit that own parameters, and steps that the host computes for them. */
final class OwnedVectors {
    private final Circuit circuit;
    private final List<NodeVector> vectors = new ArrayList<>();

    /**
     * @param circuit its parameters do not matter
     */
    OwnedVectors(Circuit circuit) {
        this.circuit = circuit;
        for (NodeVector vector : circuit.vectors()) {
            boolean owns =
                    switch (vector) {
                        case SumVector sum -> sum.parameterOwner() == sum.id();
                        case InputVector input -> input.parameterOwner() == input.id();
                        case ProductVector product -> false;
                    };
            if (owns) {
                vectors.add(vector);
            }
        }
    }

    int size() {
        return vectors.size();
    }

    NodeVector get(int index) {
        return vectors.get(index);
    }

    /** Number of parameters of each vector. */
    List<Integer> parameters() {
        return vectors.stream()
                .map(vector -> Math.toIntExact(circuit.layout().length(vector.id())))
                .toList();
    }

    /** Length of the statistics of each vector. */
    List<Integer> statistics() {
        return vectors.stream()
                .map(
                        vector ->
                                vector instanceof InputVector input
                                        ? Math.multiplyExact(
                                                input.family().statisticRows(), input.nodes())
                                        : Math.toIntExact(circuit.layout().length(vector.id())))
                .toList();
    }

    /** The engine's statistics of each vector. */
    List<double[]> flows(Engine engine) {
        List<double[]> flows = new ArrayList<>();
        for (NodeVector vector : vectors) {
            flows.add(engine.flows(vector.id()));
        }
        return flows;
    }

    /** Computes the parameters of one vector. */
    @FunctionalInterface
    interface Step {
        /**
         * Writes them.
         *
         * @param index of the vector among these
         * @param old its parameters
         * @param changed receives all new ones
         */
        void run(int index, MemorySegment old, MemorySegment changed);
    }

    /** Replaces the parameters of an engine; vectors are computed in parallel. */
    void replace(Engine engine, MemorySegment old, Step step) {
        engine.load(
                Parameters.filled(
                        circuit.layout().size(),
                        changed ->
                                IntStream.range(0, vectors.size())
                                        .parallel()
                                        .forEach(
                                                i ->
                                                        step.run(
                                                                i,
                                                                slice(old, i),
                                                                slice(changed, i)))));
    }

    private MemorySegment slice(MemorySegment parameters, int index) {
        ParameterLayout layout = circuit.layout();
        int id = vectors.get(index).id();
        return parameters.asSlice(layout.offset(id) * Float.BYTES, layout.length(id) * Float.BYTES);
    }
}
