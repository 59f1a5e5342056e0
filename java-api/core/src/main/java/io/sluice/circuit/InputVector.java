package io.sluice.circuit;

/**
 * Leaves of a circuit: {@code nodes} distributions of one family over one variable. The value of a
 * node is its probability (or density) of the variable's value, or 1 if that value is missing.
 */
public final class InputVector implements NodeVector {
    private final int id;
    private final int variable;
    private final InputFamily family;
    private final int nodes;
    private final int blockSize;
    private final int parameterOwner;
    private final Scope scope;

    InputVector(
            int id,
            int variable,
            InputFamily family,
            int nodes,
            int blockSize,
            int parameterOwner) {
        this.id = id;
        this.variable = variable;
        this.family = family;
        this.nodes = nodes;
        this.blockSize = blockSize;
        this.parameterOwner = parameterOwner;
        this.scope = Scope.of(variable);
    }

    /** The variable, from 0. */
    public int variable() {
        return variable;
    }

    /** The family of the nodes' distributions. */
    public InputFamily family() {
        return family;
    }

    /** Id of the vector whose parameters this one uses: its own, unless it is tied. */
    public int parameterOwner() {
        return parameterOwner;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public Scope scope() {
        return scope;
    }

    /** Kind, id, shape, family and variable, as messages name the vector. */
    @Override
    public String toString() {
        return VectorRules.name("input vector", this, family + ", variable " + variable);
    }
}
