package io.sluice.compile;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.List;

/**
 * Indices of the blocks that have values: inputs in the order of their vectors, then sums in the
 * order of {@link SumOrder}, then one block for a root that is not a sum.
 */
final class BlockNumbers {
    private final int[] firstInput;
    private final SumOrder order;
    private final List<InputVector> inputVectors = new ArrayList<>();
    private final int inputs;

    private BlockNumbers(Circuit circuit, SumOrder order) {
        this.order = order;
        firstInput = new int[circuit.vectors().size()];
        int next = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof InputVector input) {
                firstInput[input.id()] = next;
                inputVectors.add(input);
                next = Math.addExact(next, input.blocks());
            }
        }
        inputs = next;
    }

    static BlockNumbers of(Circuit circuit, SumOrder order) {
        return new BlockNumbers(circuit, order);
    }

    /** Number of input blocks; their indices are below it. */
    int inputs() {
        return inputs;
    }

    List<InputVector> inputVectors() {
        return inputVectors;
    }

    int of(InputVector vector, int block) {
        return firstInput[vector.id()] + block;
    }

    int of(SumVector vector, int block) {
        return inputs + order.number()[vector.id()][block];
    }
}
