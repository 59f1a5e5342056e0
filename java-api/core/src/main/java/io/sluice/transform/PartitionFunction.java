package io.sluice.transform;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;

/**
 * The partition function of a circuit with parameters that are no distributions: the sum or
 * integral {@code Z} of its root over all rows, from one pass over the edges, and the normalised
 * circuit with the same density up to {@code Z} (Peharz et al. 2015, "On Theoretical Properties of
 * Sum-Product Networks", theorem 2).
 */
public final class PartitionFunction {
    private PartitionFunction() {}

    /**
     * Normalises.
     *
     * @param circuit gives the graph
     * @param unnormalised weights of sums and tables of finite inputs, finite and at least 0, in
     *     the circuit's layout; parameters of continuous inputs as usual. Tied vectors stay tied if
     *     they sum to one already
     * @return log Z, in nats, and the distribution
     * @throws InvalidArgumentException if a number is none of these, their number is not that of
     *     the layout, or Z is 0
     */
    public static Normalised of(Circuit circuit, Parameters unnormalised) {
        if (unnormalised.size() != circuit.layout().size()) {
            throw new InvalidArgumentException(
                    "parameters of "
                            + unnormalised.size()
                            + " floats, but the circuit's layout has "
                            + circuit.layout().size()
                            + ": give parameters of this circuit");
        }
        return ReweightedLeaves.normalised(
                circuit, unnormalised, new double[circuit.variables()][], "the parameters");
    }
}
