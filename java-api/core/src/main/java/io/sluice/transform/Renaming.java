package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

import java.util.Arrays;

/** The same distribution over variables in another order. */
public final class Renaming {
    private Renaming() {}

    /**
     * A copy of a circuit with other variable numbers. Vectors keep their ids, blocks, parameters
     * and ties.
     *
     * @param names for each variable its new number; each of {@code 0 .. V-1} once
     * @throws InvalidArgumentException if they are not
     */
    public static Circuit of(Circuit circuit, int... names) {
        int[] sorted = names.clone();
        Arrays.sort(sorted);
        boolean permutation = sorted.length == circuit.variables();
        for (int v = 0; permutation && v < sorted.length; v++) {
            permutation = sorted[v] == v;
        }
        if (!permutation) {
            throw new InvalidArgumentException(
                    "new numbers "
                            + Arrays.toString(names)
                            + " for "
                            + circuit.variables()
                            + " variables: give each of 0 to "
                            + (circuit.variables() - 1)
                            + " once");
        }
        return Rewriting.of(circuit, names.clone(), Rescaling.NONE);
    }
}
