package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.ValueLayout;

/**
 * The parameters of the reference engine, float32 numbers held as float64, with their logarithms.
 * Each vector's are an array in the order of the {@link ParameterLayout}; tied vectors have one
 * array.
 */
final class ReferenceParameters {
    private final Circuit circuit;
    private final double[][] values;
    private final double[][] logs;

    ReferenceParameters(Circuit circuit) {
        this.circuit = circuit;
        this.values = new double[circuit.vectors().size()][];
        this.logs = new double[circuit.vectors().size()][];
        ParameterLayout layout = circuit.layout();
        for (NodeVector vector : circuit.vectors()) {
            int id = vector.id();
            int owner = owner(vector);
            if (owner != id) {
                values[id] = values[owner];
                logs[id] = logs[owner];
                continue;
            }
            int length = Math.toIntExact(layout.length(id));
            values[id] = new double[length];
            logs[id] = new double[length];
            for (int i = 0; i < length; i++) {
                values[id][i] = circuit.parameters().get(layout.offset(id) + i);
            }
            takeLogs(id);
        }
    }

    /** Id of the vector that owns a vector's parameters; a product's own, which has none. */
    static int owner(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.parameterOwner();
            case SumVector sum -> sum.parameterOwner();
            case ProductVector product -> product.id();
        };
    }

    /** Parameters of a vector; whoever changes them calls {@link #takeLogs}. */
    double[] of(int vectorId) {
        return values[vectorId];
    }

    /** Logarithms of the parameters of a vector. */
    double[] logsOf(int vectorId) {
        return logs[vectorId];
    }

    /**
     * Rounds a vector's parameters to float32, so that the engine's state is what {@link
     * #toCircuit} gives and a run that loads it goes on with the same bits, and takes their
     * logarithms.
     */
    void takeLogs(int vectorId) {
        for (int i = 0; i < values[vectorId].length; i++) {
            values[vectorId][i] = rounded(values[vectorId][i]);
            logs[vectorId][i] = Math.log(values[vectorId][i]);
        }
    }

    /** A float32, and zero where that would be below its normal range, as in the kernels. */
    private static float rounded(double value) {
        float nearest = (float) value;
        return Math.abs(nearest) < Float.MIN_NORMAL ? 0 : nearest;
    }

    /** The circuit with these parameters, rounded to float32. */
    Circuit toCircuit() {
        ParameterLayout layout = circuit.layout();
        return circuit.withParameters(
                Parameters.filled(
                        layout.size(),
                        memory -> {
                            for (NodeVector vector : circuit.vectors()) {
                                int id = vector.id();
                                for (int i = 0; i < values[id].length; i++) {
                                    memory.setAtIndex(
                                            ValueLayout.JAVA_FLOAT,
                                            layout.offset(id) + i,
                                            (float) values[id][i]);
                                }
                            }
                        }));
    }
}
