package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

import java.util.Arrays;

/** The marginal distribution of some of a circuit's variables, as a smaller circuit. */
public final class Marginalised {
    private Marginalised() {}

    /**
     * Sums or integrates all other variables out. Vectors over these alone disappear, and so do
     * products that keep one factor.
     *
     * @param kept at least one variable of the circuit, each once; variable {@code i} of the result
     *     is {@code kept[i]}
     * @throws InvalidArgumentException if there is none, or one occurs twice or is unknown
     */
    public static Circuit to(Circuit circuit, int... kept) {
        int[] variables = new int[circuit.variables()];
        Arrays.fill(variables, Rewriting.REMOVED);
        if (kept.length == 0) {
            throw new InvalidArgumentException("a marginal of no variables: keep at least one");
        }
        for (int i = 0; i < kept.length; i++) {
            int v = kept[i];
            if (v < 0 || v >= variables.length || variables[v] != Rewriting.REMOVED) {
                throw new InvalidArgumentException(
                        "a marginal of the variables "
                                + Arrays.toString(kept)
                                + ": name each once, from 0 to "
                                + (variables.length - 1));
            }
            variables[v] = i;
        }
        return Rewriting.of(circuit, variables, Rescaling.NONE);
    }
}
