package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.List;

/**
 * A probabilistic circuit: a smooth, decomposable directed acyclic graph of node vectors over the
 * variables {@code 0 .. V-1}, with one root node, and the parameters of its sums and inputs.
 *
 * <p>Immutable; may be shared between threads. {@link #withParameters} returns the same graph with
 * other parameters and copies neither.
 */
public final class Circuit {
    private final CircuitStructure structure;
    private final Parameters parameters;
    private final CircuitProperties properties;

    Circuit(CircuitStructure structure, Parameters parameters) {
        this.structure = structure;
        this.parameters = parameters;
        long[] nonZero = new ParameterCheck(structure, parameters).nonZeroParameters();
        this.properties = PropertyComputation.of(structure, nonZero);
    }

    /** A builder without vectors. */
    public static CircuitBuilder builder() {
        return new CircuitBuilder();
    }

    /** All node vectors, children before parents, each at the position of its id; immutable. */
    public List<NodeVector> vectors() {
        return structure.vectors();
    }

    /**
     * The sum or input vector of an id.
     *
     * @throws InvalidArgumentException if there is none; products have no parameters
     */
    public NodeVector vectorWithParameters(int id) {
        if (id < 0 || id >= vectors().size() || vectors().get(id) instanceof ProductVector) {
            throw new InvalidArgumentException(
                    "vector "
                            + id
                            + " has no parameters and no statistics: give the id of a sum or input"
                            + " vector of the circuit");
        }
        return vectors().get(id);
    }

    /** The vector whose only node is the circuit's distribution. */
    public NodeVector root() {
        return structure.root();
    }

    /** Number of variables, V. */
    public int variables() {
        return structure.families().size();
    }

    /**
     * The family of a variable's input vectors.
     *
     * @param variable 0 to {@code variables() - 1}
     */
    public InputFamily family(int variable) {
        if (variable < 0 || variable >= variables()) {
            throw new InvalidArgumentException(
                    "variable "
                            + variable
                            + ": the circuit has the variables 0 to "
                            + (variables() - 1));
        }
        return structure.families().get(variable);
    }

    /** Offsets of each vector's parameters. */
    public ParameterLayout layout() {
        return structure.layout();
    }

    /** The parameters, in the order of {@link #layout}. */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * The same graph with other parameters.
     *
     * @param changed as many floats as {@link #layout} has; non-negative weights that sum to one
     *     for each node within 1e-4, and what the families of the inputs take
     * @throws InvalidArgumentException naming the vector and node where they are not
     */
    public Circuit withParameters(Parameters changed) {
        return new Circuit(structure, changed);
    }

    /** Structural properties and sizes, computed from the graph and the parameters. */
    public CircuitProperties properties() {
        return properties;
    }

    /** The sizes in one line. */
    @Override
    public String toString() {
        return "circuit of "
                + properties.vectors()
                + " node vectors, "
                + properties.nodes()
                + " nodes, "
                + properties.edges()
                + " edges, "
                + properties.parameters()
                + " parameters, "
                + variables()
                + " variables";
    }
}
