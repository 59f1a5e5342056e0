package io.sluice.learning;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** A small circuit, and data with something to learn: two of three variables are equal. */
final class LearningFixtures {
    static final int CATEGORIES = 3;
    static final int VARIABLES = 3;

    private LearningFixtures() {}

    static Circuit circuit() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(CATEGORIES), 4, 2);
        NodeVector y = b.input(1, new Categorical(CATEGORIES), 4, 2);
        NodeVector z = b.input(2, new Categorical(CATEGORIES), 4, 2);
        NodeVector pair = b.sum(List.of(b.product(List.of(x, y))), 4, 2);
        NodeVector root = b.sum(List.of(b.product(List.of(pair, z))), 1, 1);
        return b.build(root, ParameterInitializer.random(7));
    }

    static Dataset data(int rows, long seed) {
        Random random = new Random(seed);
        byte[] values = new byte[rows * VARIABLES];
        for (int row = 0; row < rows; row++) {
            byte same = (byte) random.nextInt(CATEGORIES);
            values[row * VARIABLES] = same;
            values[row * VARIABLES + 1] = same;
            values[row * VARIABLES + 2] = (byte) random.nextInt(CATEGORIES);
        }
        return Dataset.ofBytes(values, VARIABLES, Schema.categorical(VARIABLES, CATEGORIES));
    }

    static Engine engine() {
        return Engine.compile(circuit(), Device.reference());
    }

    /** Categories other than 0 have probability zero. */
    static Engine engineOfZeros() {
        Circuit circuit = circuit();
        Parameters zeros =
                Parameters.filled(
                        circuit.layout().size(),
                        memory -> {
                            memory.copyFrom(circuit.parameters().segment());
                            for (NodeVector vector : circuit.vectors()) {
                                if (!(vector instanceof InputVector input)) {
                                    continue;
                                }
                                long first = circuit.layout().offset(input.id());
                                for (long i = 0; i < (long) CATEGORIES * input.nodes(); i++) {
                                    memory.setAtIndex(
                                            ValueLayout.JAVA_FLOAT,
                                            first + i,
                                            i < input.nodes() ? 1 : 0);
                                }
                            }
                        });
        return Engine.compile(circuit.withParameters(zeros), Device.reference());
    }
}
