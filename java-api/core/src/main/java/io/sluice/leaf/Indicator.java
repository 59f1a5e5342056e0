package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;

import java.util.random.RandomGenerator;

/**
 * Indicators of a category: a node is 1 when the variable has the node's category and 0 otherwise.
 * With two categories these are the literals of a logical circuit. The parameter of a node, {@code
 * [1][node]}, is its category; it does not learn.
 *
 * @param categories how many values the variable has, at least 1
 */
public record Indicator(int categories) implements CategoryFamily, FixedFamily {

    /**
     * Checks the number of categories.
     *
     * @throws InvalidArgumentException when it is less than 1
     */
    public Indicator {
        Categorical.checkCategories("indicator", categories);
    }

    @Override
    public String type() {
        return "indicator";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(Categorical.CATEGORIES, categories);
    }

    @Override
    public Indicator withSettings(FamilySettings settings) {
        return new Indicator(settings.integer(Categorical.CATEGORIES));
    }

    @Override
    public int parameterRows() {
        return 1;
    }

    @Override
    public void check(NodeValues parameters) {
        if (!accepts(parameters.get(0))) {
            throw new InvalidArgumentException(
                    "the category " + parameters.get(0) + ": expected " + values());
        }
    }

    /** Nodes get the categories in turn. */
    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {
        parameters.set(0, parameters.node() % categories);
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfCategory(categories, (int) parameters.get(0));
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "indicator of " + categories;
    }

    private record OfCategory(int categories, int category) implements FiniteDistribution {

        @Override
        public double probability(int other) {
            return other == category ? 1 : 0;
        }

        @Override
        public double logDensity(double value) {
            return value == category ? 0 : Double.NEGATIVE_INFINITY;
        }
    }
}
