package io.sluice.leaf;

import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.NodeValues;

/**
 * {@link Categorical} distributions in which a probability of zero is a mask: the node never has
 * that category, learning leaves it at zero, and the pseudocount is spread over the node's other
 * categories. Parameters are laid out {@code [category][node]}; each node has its own mask: the
 * zeros of its first parameters.
 *
 * @param categories how many values the variable has, at least 1
 */
public record MaskedCategorical(int categories) implements ProbabilityTable {

    /**
     * Checks the number of categories.
     *
     * @throws io.sluice.InvalidArgumentException when it is less than 1
     */
    public MaskedCategorical {
        Categorical.checkCategories("masked categorical", categories);
    }

    @Override
    public String type() {
        return "masked_categorical";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(Categorical.CATEGORIES, categories);
    }

    @Override
    public MaskedCategorical withSettings(FamilySettings settings) {
        return new MaskedCategorical(settings.integer(Categorical.CATEGORIES));
    }

    @Override
    public void update(
            NodeValues parameters, NodeValues statistics, double step, double pseudocount) {
        Probabilities.update(parameters, statistics, categories, true, step, pseudocount);
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "masked categorical of " + categories;
    }
}
