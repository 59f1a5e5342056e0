package io.sluice.circuit;

/**
 * Distributions over 0 and 1. Learning and layout are those of {@link Categorical} with two
 * categories: a row of P(0) for all nodes, then a row of P(1).
 */
public record Bernoulli() implements InputFamily {

    @Override
    public boolean finite() {
        return true;
    }

    @Override
    public int categories() {
        return 2;
    }

    @Override
    public int parameterRows() {
        return 2;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "bernoulli";
    }
}
