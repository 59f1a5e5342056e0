package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several circuits as one. */
public final class Merging {
    private Merging() {}

    /**
     * The mixture {@code p(x) = sum_i weight_i p_i(x)}.
     *
     * @param circuits at least one, all over the same variables and families
     * @param weights one for each circuit, over 0 and finite; they are normalised
     * @throws InvalidArgumentException if circuits or weights are none of these
     */
    public static Circuit mixture(List<Circuit> circuits, double... weights) {
        checkSome(circuits);
        double total = Arrays.stream(weights).sum();
        if (weights.length != circuits.size()
                || !Arrays.stream(weights).allMatch(w -> w > 0)
                || Double.isInfinite(total)) {
            throw new InvalidArgumentException(
                    "the weights "
                            + Arrays.toString(weights)
                            + " for a mixture of "
                            + circuits.size()
                            + " circuits: give one for each, over 0 and finite");
        }
        Assembly assembly = new Assembly();
        List<NodeVector> roots = new ArrayList<>();
        for (Circuit circuit : circuits) {
            roots.add(added(circuit, 0, assembly));
        }
        SumVector root = assembly.builder().sum(roots, 1, 1);
        return assembly.build(
                assembly.filled(
                        root,
                        slice -> {
                            for (int i = 0; i < weights.length; i++) {
                                float share = Parameters.nearestWeight(weights[i] / total);
                                slice.setAtIndex(JAVA_FLOAT, i, share);
                            }
                        }));
    }

    /**
     * Independent parts: {@code p(x) = prod_i p_i(x_i)}. The variables of a circuit follow those of
     * the circuits before it.
     *
     * @param circuits at least one
     */
    public static Circuit product(List<Circuit> circuits) {
        checkSome(circuits);
        Assembly assembly = new Assembly();
        List<NodeVector> roots = new ArrayList<>();
        int variables = 0;
        for (Circuit circuit : circuits) {
            roots.add(added(circuit, variables, assembly));
            variables = Math.addExact(variables, circuit.variables());
        }
        return assembly.build(assembly.builder().product(roots));
    }

    private static void checkSome(List<Circuit> circuits) {
        if (circuits.isEmpty()) {
            throw new InvalidArgumentException("no circuits to merge: give at least one");
        }
    }

    private static NodeVector added(Circuit circuit, int firstVariable, Assembly assembly) {
        int[] variables = new int[circuit.variables()];
        Arrays.setAll(variables, v -> firstVariable + v);
        return new Rewriting(circuit, circuit.parameters(), variables, Rescaling.NONE, assembly)
                .root();
    }
}
