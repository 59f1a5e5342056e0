package io.sluice.runtime;

import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The parameters, float32 numbers held as float64, and the statistics of a vector that owns them.
 */
final class TabulatedParameters {
    private final InputVector owner;
    private final long offset;
    private final double[] values;
    private final double[] sums;

    /**
     * @param offset of the vector's parameters in the layout
     */
    TabulatedParameters(InputVector owner, long offset) {
        this.owner = owner;
        this.offset = offset;
        int nodes = owner.nodes();
        values = new double[Math.multiplyExact(owner.family().parameterRows(), nodes)];
        sums = new double[Math.multiplyExact(owner.family().statisticRows(), nodes)];
    }

    int ownerId() {
        return owner.id();
    }

    NodeValues parameters(int node) {
        return NodeValues.of(values, owner.nodes(), node);
    }

    /** Statistics so far, {@code [statistic row][node]}. */
    double[] sums() {
        return sums;
    }

    void clear() {
        Arrays.fill(sums, 0);
    }

    /**
     * @param parameters of the whole circuit
     */
    void load(MemorySegment parameters) {
        for (int i = 0; i < values.length; i++) {
            values[i] = parameters.getAtIndex(ValueLayout.JAVA_FLOAT, offset + i);
        }
    }

    /**
     * Moves the parameters towards the statistics.
     *
     * @param statistics of the vector: {@link #sums} and the flows added since
     * @return whether they are finite; otherwise nothing moves
     */
    boolean update(KernelRunner runner, double[] statistics, double step, double pseudocount) {
        if (!Arrays.stream(statistics).allMatch(Double::isFinite)) {
            return false;
        }
        for (int node = 0; node < owner.nodes(); node++) {
            owner.family()
                    .update(
                            parameters(node),
                            NodeValues.of(statistics, owner.nodes(), node),
                            step,
                            pseudocount);
        }
        write(runner);
        return true;
    }

    private void write(KernelRunner runner) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = Parameters.rounded(values[i]);
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
            }
            runner.writeParameters(offset, floats);
        }
    }
}
