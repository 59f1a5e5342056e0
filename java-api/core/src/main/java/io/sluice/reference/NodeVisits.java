package io.sluice.reference;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;

/**
 * The values of all nodes for a row, and the probabilities of visiting them when the latent choices
 * of the sums are drawn given the row, from the root down (the flow of the node; Choi, Dang and Van
 * den Broeck 2021, "Group Fairness by Probabilistic Modeling with Latent Fair Decisions", section
 * 4).
 *
 * <p>Computed in float64 log space in time and memory linear in the number of edges. Immutable.
 */
public final class NodeVisits {
    private final Circuit circuit;
    private final ReferenceParameters parameters;
    private final ReferenceRow values;

    private NodeVisits(Circuit circuit, ReferenceParameters parameters, ReferenceRow values) {
        this.circuit = circuit;
        this.parameters = parameters;
        this.values = values;
    }

    /**
     * Evaluates a row.
     *
     * @param row one value for each variable, NaN where it is missing
     * @throws InvalidArgumentException when there are more or fewer values, a value is none of its
     *     variable's categories, or the row has probability zero
     */
    public static NodeVisits of(Circuit circuit, double... row) {
        if (row.length != circuit.variables()) {
            throw new InvalidArgumentException(
                    "a row of "
                            + row.length
                            + " values for a circuit of "
                            + circuit.variables()
                            + " variables: give one for each, NaN where it is missing");
        }
        for (int v = 0; v < row.length; v++) {
            InputFamily family = circuit.family(v);
            boolean possible =
                    Double.isNaN(row[v]) || (Double.isFinite(row[v]) && family.accepts(row[v]));
            if (!possible) {
                throw new InvalidArgumentException(
                        "the value "
                                + row[v]
                                + " for variable "
                                + v
                                + ", which is "
                                + family
                                + ": expected "
                                + family.values()
                                + ", or NaN where it is missing");
            }
        }
        ReferenceParameters parameters =
                new ReferenceParameters(circuit, new VariableFamilies(circuit));
        ReferenceRow values = new ReferenceRow(circuit, parameters);
        if (values.forward(row.clone()) == Double.NEGATIVE_INFINITY) {
            throw new InvalidArgumentException(
                    "the row has probability zero, so nothing can be conditioned on it: give a"
                            + " possible row");
        }
        values.backward();
        return new NodeVisits(circuit, parameters, values);
    }

    /** The row's log-likelihood and the circuit's size. */
    @Override
    public String toString() {
        return "visits of the nodes of a "
                + circuit
                + ", given a row of log-likelihood "
                + logLikelihood();
    }

    /** Log-likelihood of the row, in nats. */
    public double logLikelihood() {
        return values.logValue(circuit.root(), 0);
    }

    /**
     * Logarithm of a node's value: the likelihood of the row's cells that the node depends on.
     *
     * @param vector of the circuit
     * @param node its number in the vector
     */
    public double logValue(NodeVector vector, int node) {
        check(vector, node);
        return values.logValue(vector, node);
    }

    /**
     * Probability that a node is visited given the row, from 0 to 1; for a node with several
     * parents the expected number of visits, which decomposability keeps from exceeding 1.
     *
     * @param vector of the circuit
     * @param node its number in the vector
     */
    public double probability(NodeVector vector, int node) {
        check(vector, node);
        return values.flow(vector, node);
    }

    /** The distribution of an input node. */
    Distribution distribution(InputVector input, int node) {
        return parameters.distribution(input, node);
    }

    private void check(NodeVector vector, int node) {
        if (vector.id() >= circuit.vectors().size()
                || circuit.vectors().get(vector.id()) != vector) {
            throw new InvalidArgumentException(
                    vector + " is not of this circuit: give one of its vectors");
        }
        if (node < 0 || node >= vector.nodes()) {
            throw new InvalidArgumentException(
                    "node " + node + " of " + vector + ": its nodes are numbered from 0");
        }
    }
}
