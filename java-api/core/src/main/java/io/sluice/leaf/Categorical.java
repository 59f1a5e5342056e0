package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.LeafKernel;

/**
 * Distributions over the categories {@code 0 .. categories - 1}.
 *
 * <p>Parameters are laid out {@code [category][node]}, so a cell reads one contiguous row; each
 * node's column sums to one. An EM step moves the column of a node with expected counts {@code
 * flow[k]} to {@code (1 - step) theta[k] + step (flow[k] + pseudocount / K) / (sum of flow +
 * pseudocount)}, where K is the number of categories; a node with no flow and no pseudocount keeps
 * its column. A probability of zero is no mask: a pseudocount makes it positive, as if no row had
 * had the category yet. {@link MaskedCategorical} keeps its zeros.
 *
 * @param categories how many values the variable has, at least 1
 */
public record Categorical(int categories) implements ProbabilityTable {

    /** The setting that holds {@link #categories}. */
    static final String CATEGORIES = "categories";

    /**
     * Checks the number of categories.
     *
     * @throws InvalidArgumentException when it is less than 1, or more than 2^24
     */
    public Categorical {
        checkCategories("categorical", categories);
    }

    static void checkCategories(String type, int categories) {
        if (categories < 1 || categories > PositiveNumbers.LARGEST_COUNT) {
            throw new InvalidArgumentException(
                    "a "
                            + type
                            + " variable with "
                            + categories
                            + " categories: give the largest value plus one, from 1 to 2^24");
        }
    }

    @Override
    public String type() {
        return "categorical";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(CATEGORIES, categories);
    }

    @Override
    public Categorical withSettings(FamilySettings settings) {
        return new Categorical(settings.integer(CATEGORIES));
    }

    @Override
    public LeafKernel kernel() {
        return LeafKernel.PROBABILITIES;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "categorical of " + categories;
    }
}
