package io.sluice.tests;

import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** Parameters given vector by vector, in the order of the layout. */
final class GivenParameters implements ParameterInitializer {
    private final Map<NodeVector, double[]> values = new HashMap<>();

    <V extends NodeVector> V give(V vector, double... parameters) {
        values.put(vector, parameters);
        return vector;
    }

    /** {@link #give}, for chaining. */
    GivenParameters with(NodeVector vector, double... parameters) {
        give(vector, parameters);
        return this;
    }

    @Override
    public void fill(NodeVector vector, MemorySegment slice) {
        double[] given = values.get(vector);
        if (given == null || slice.byteSize() != (long) given.length * Float.BYTES) {
            throw new IllegalArgumentException("give the parameters of " + vector);
        }
        for (int i = 0; i < given.length; i++) {
            slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) given[i]);
        }
    }
}
