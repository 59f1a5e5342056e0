package io.sluice.leaf;

import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.LeafKernel;

/**
 * Distributions over 0 and 1. Learning and layout are those of {@link Categorical} with two
 * categories: a row of P(0) for all nodes, then a row of P(1).
 */
public record Bernoulli() implements ProbabilityTable {

    private static final int OUTCOMES = 2;

    @Override
    public String type() {
        return "bernoulli";
    }

    @Override
    public Bernoulli withSettings(FamilySettings settings) {
        return this;
    }

    @Override
    public int categories() {
        return OUTCOMES;
    }

    @Override
    public String values() {
        return "0 or 1";
    }

    @Override
    public LeafKernel kernel() {
        return LeafKernel.PROBABILITIES;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "bernoulli";
    }
}
