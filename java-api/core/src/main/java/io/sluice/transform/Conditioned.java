package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Scope;
import io.sluice.reference.NodeVisits;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The distribution of the other variables given some of them, as a smaller circuit. */
public final class Conditioned {
    private Conditioned() {}

    /**
     * Fixes the observed variables and removes them. A sum's weights become those of its children
     * given the evidence; only vectors that depend on no observed variable stay tied.
     *
     * @param row one value for each variable of the circuit, NaN for those that remain; these are
     *     renumbered in their order
     * @throws InvalidArgumentException when every variable is observed, a value is impossible for
     *     its variable, or the row has probability zero
     */
    public static Circuit on(Circuit circuit, double... row) {
        NodeVisits values = NodeVisits.of(circuit, row);
        int[] variables = new int[row.length];
        int[] observed = new int[row.length];
        int count = 0;
        int remaining = 0;
        for (int v = 0; v < row.length; v++) {
            if (Double.isNaN(row[v])) {
                variables[v] = remaining++;
            } else {
                variables[v] = Rewriting.REMOVED;
                observed[count++] = v;
            }
        }
        if (remaining == 0) {
            throw new InvalidArgumentException(
                    "every variable is observed, so none remains: mark those that do with NaN, or"
                            + " ask for the likelihood of the row");
        }
        Rescaling rescaling =
                count == 0
                        ? Rescaling.NONE
                        : new Evidence(values, Scope.of(Arrays.copyOf(observed, count)));
        return Rewriting.of(circuit, variables, rescaling);
    }

    private record Evidence(NodeVisits values, Scope observed) implements Rescaling {

        @Override
        public boolean changes(NodeVector vector) {
            return vector.scope().intersects(observed);
        }

        @Override
        public double logValue(NodeVector vector, int node) {
            return values.logValue(vector, node);
        }

        @Override
        public void writeInput(InputVector input, MemorySegment slice) {
            throw new AssertionError(input + " is observed and stays");
        }
    }
}
