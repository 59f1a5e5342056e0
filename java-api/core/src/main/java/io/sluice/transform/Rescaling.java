package io.sluice.transform;

import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;

import java.lang.foreign.MemorySegment;

/**
 * New parameters for a circuit whose nodes have values other than one. A node {@code n} with the
 * value {@code v_n} becomes the distribution {@code n / v_n}, so the weight of an edge to a child
 * {@code c} becomes {@code theta_nc v_c / v_n} (Peharz et al. 2015, "On Theoretical Properties of
 * Sum-Product Networks", theorem 2).
 */
interface Rescaling {

    /** Keeps all parameters. */
    Rescaling NONE =
            new Rescaling() {
                @Override
                public boolean changes(NodeVector vector) {
                    return false;
                }

                @Override
                public double logValue(NodeVector vector, int node) {
                    return 0;
                }

                @Override
                public void writeInput(InputVector input, MemorySegment slice) {
                    throw new AssertionError("a changed " + input);
                }
            };

    /** Whether an input or sum vector gets other parameters. */
    boolean changes(NodeVector vector);

    /** Logarithm of a node's value. */
    double logValue(NodeVector vector, int node);

    /** Writes the parameters of an input vector that changes and stays. */
    void writeInput(InputVector input, MemorySegment slice);
}
