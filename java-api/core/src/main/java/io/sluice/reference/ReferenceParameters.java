package io.sluice.reference;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The parameters of the reference engine, float32 numbers held as float64, with the logarithms of
 * weights and the distributions of inputs. Each vector's are an array in the order of the {@link
 * ParameterLayout}; tied vectors have one array.
 */
final class ReferenceParameters {
    private final Circuit circuit;
    private final double[][] values;
    private final double[][] logs;
    private final Distribution[][] distributions;
    private final VariableFamilies families;

    ReferenceParameters(Circuit circuit, VariableFamilies families) {
        this.circuit = circuit;
        this.families = families;
        this.distributions = new Distribution[circuit.vectors().size()][];
        this.values = new double[circuit.vectors().size()][];
        this.logs = new double[circuit.vectors().size()][];
        ParameterLayout layout = circuit.layout();
        for (NodeVector vector : circuit.vectors()) {
            int id = vector.id();
            int owner = owner(vector);
            if (owner != id) {
                values[id] = values[owner];
                logs[id] = logs[owner];
            } else {
                int length = Math.toIntExact(layout.length(id));
                values[id] = new double[length];
                logs[id] = new double[vector instanceof SumVector ? length : 0];
                for (int i = 0; i < length; i++) {
                    values[id][i] = circuit.parameters().get(layout.offset(id) + i);
                }
            }
            changed(vector);
        }
    }

    /** Id of the vector that owns a vector's parameters; for a product, its own id. */
    static int owner(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.parameterOwner();
            case SumVector sum -> sum.parameterOwner();
            case ProductVector product -> product.id();
        };
    }

    /** Parameters of a vector; call {@link #round} and {@link #changed} after changing them. */
    double[] of(int vectorId) {
        return values[vectorId];
    }

    /** Logarithms of the weights of a sum vector. */
    double[] logsOf(int vectorId) {
        return logs[vectorId];
    }

    /** The distribution of a node of an input vector. */
    Distribution distribution(InputVector input, int node) {
        return distributions[input.id()][node];
    }

    /**
     * Rounds a vector's parameters to float32. So the engine's state is what {@link #toCircuit}
     * returns, and a run that loads it continues with the same bits.
     */
    void round(int vectorId) {
        for (int i = 0; i < values[vectorId].length; i++) {
            values[vectorId][i] = Parameters.rounded(values[vectorId][i]);
        }
    }

    /**
     * Updates what is derived from a vector's changed parameters, for each vector that shares them.
     */
    void changed(NodeVector vector) {
        double[] theta = values[vector.id()];
        switch (vector) {
            case ProductVector product -> {}
            case SumVector sum -> {
                for (int i = 0; i < theta.length; i++) {
                    logs[sum.id()][i] = Math.log(theta[i]);
                }
            }
            case InputVector input -> {
                Distribution[] nodes = new Distribution[input.nodes()];
                Arrays.setAll(
                        nodes,
                        node ->
                                families.of(input)
                                        .distribution(NodeValues.of(theta, nodes.length, node)));
                distributions[input.id()] = nodes;
            }
        }
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
