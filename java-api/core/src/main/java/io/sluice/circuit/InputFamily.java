package io.sluice.circuit;

/**
 * A family of distributions over one variable, which the nodes of an {@link InputVector} take their
 * values from. All input vectors of one variable have the same family.
 */
public sealed interface InputFamily permits Categorical, Bernoulli, Gaussian {

    /**
     * Whether the variable has finitely many values, the categories 0 to {@code categories - 1}.
     */
    boolean finite();

    /** How many values a finite variable has; 0 for a continuous one. */
    int categories();

    /**
     * Rows of the parameter table {@code [rows][nodes]} of a vector of this family: one for each
     * category, or one for each moment.
     */
    int parameterRows();

    /** How many parameters a vector of this many nodes has. */
    default long parameters(int nodes) {
        return (long) parameterRows() * nodes;
    }
}
