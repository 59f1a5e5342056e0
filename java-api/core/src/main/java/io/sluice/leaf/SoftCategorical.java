package io.sluice.leaf;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.SuppliedFamily;

/**
 * {@link Categorical} distributions of a variable that may be observed uncertainly. A cell below
 * {@code categories} is that category, observed for certain. A cell {@code categories + i} is item
 * i of the soft evidence that the engine was supplied with (Pearl 1988, section 2.2.2): for each
 * category k, the probability of the observation given the category. A node's value is then {@code
 * sum_k theta[k] likelihood[i][k]}, and its expected counts go to the categories in the shares of
 * that sum. Only their ratios matter: a common factor changes every row's log-likelihood by its
 * logarithm and nothing else.
 *
 * <p>Parameters and learning are those of {@link Categorical}.
 */
public final class SoftCategorical implements SuppliedFamily, ProbabilityTable {
    private final int categories;
    private final SuppliedItems items;

    private SoftCategorical(int categories, SuppliedItems items) {
        this.categories = categories;
        this.items = items;
    }

    /**
     * The family before anything is supplied.
     *
     * @param categories how many values the variable has, at least 1
     * @throws io.sluice.InvalidArgumentException when it is less than 1
     */
    public SoftCategorical(int categories) {
        this(categories, SuppliedItems.NONE);
        Categorical.checkCategories("categorical", categories);
    }

    /**
     * The same family with soft evidence.
     *
     * @param likelihoods {@code [item][category]}, finite numbers of at least 0
     */
    @Override
    public SoftCategorical with(double[][] likelihoods) {
        return new SoftCategorical(
                categories,
                SuppliedItems.checked(
                        likelihoods,
                        categories,
                        "likelihoods",
                        value -> value >= 0 && value < Double.POSITIVE_INFINITY,
                        "finite numbers of at least 0"));
    }

    @Override
    public String type() {
        return "soft_categorical";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(Categorical.CATEGORIES, categories);
    }

    @Override
    public SoftCategorical withSettings(FamilySettings settings) {
        return new SoftCategorical(settings.integer(Categorical.CATEGORIES));
    }

    @Override
    public int categories() {
        return categories;
    }

    @Override
    public boolean accepts(double value) {
        return Probabilities.isCategory(value, categories) || items.has(value - categories);
    }

    @Override
    public String values() {
        return Probabilities.values(categories)
                + (items.count() == 0
                        ? ", as no soft evidence was supplied"
                        : ", or soft evidence from "
                                + categories
                                + " to "
                                + (categories + items.count() - 1));
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfCategories(parameters, categories, items);
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        if (value < categories) {
            statistics.set((int) value, statistics.get((int) value) + flow);
            return;
        }
        double total = 0;
        for (int k = 0; k < categories; k++) {
            total += parameters.get(k) * items.get(value - categories, k);
        }
        for (int k = 0; k < categories; k++) {
            double share = parameters.get(k) * items.get(value - categories, k) / total;
            statistics.set(k, statistics.get(k) + flow * share);
        }
    }

    /** Whether the other has as many categories, whatever was supplied. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SoftCategorical soft && soft.categories == categories;
    }

    @Override
    public int hashCode() {
        return categories;
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "soft categorical of " + categories;
    }

    private record OfCategories(NodeValues p, int categories, SuppliedItems items)
            implements FiniteDistribution {

        @Override
        public double probability(int category) {
            return p.get(category);
        }

        @Override
        public double logDensity(double value) {
            if (value < categories) {
                return Math.log(p.get((int) value));
            }
            double sum = 0;
            for (int k = 0; k < categories; k++) {
                sum += p.get(k) * items.get(value - categories, k);
            }
            return Math.log(sum);
        }
    }
}
