package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.SuppliedFamily;

import java.util.random.RandomGenerator;

/**
 * Log-densities from outside, such as from a neural network. A cell is the index of an item. The
 * engine is supplied with a row of log-densities for each item: entry n is that of node n. All
 * vectors of the variable share the rows. There are no parameters and nothing is learned, but the
 * outside can learn from the flows.
 *
 * <p>Nothing is known of a missing item: it is marginalised like any other cell, but it has no
 * mode, mean, variance or draw, and stays missing where rows are completed.
 */
public final class External implements SuppliedFamily, FixedFamily {
    private final SuppliedItems items;

    private External(SuppliedItems items) {
        this.items = items;
    }

    /** The family before anything is supplied. */
    public External() {
        this(SuppliedItems.NONE);
    }

    /**
     * The same family with log-densities.
     *
     * @param logDensities {@code [item][node]}; negative infinity is a density of zero
     */
    @Override
    public External with(double[][] logDensities) {
        return new External(
                SuppliedItems.checked(
                        logDensities,
                        -1,
                        "log-densities",
                        value -> value < Double.POSITIVE_INFINITY,
                        "finite numbers, or negative infinity"));
    }

    @Override
    public String type() {
        return "external";
    }

    @Override
    public External withSettings(FamilySettings settings) {
        return new External();
    }

    @Override
    public boolean accepts(double value) {
        return items.has(value);
    }

    @Override
    public String values() {
        return items.count() == 0
                ? "an item, but none were supplied: give the engine their log-densities"
                : "the number of an item, 0 to " + (items.count() - 1);
    }

    @Override
    public int parameterRows() {
        return 0;
    }

    @Override
    public void check(NodeValues parameters) {
        if (items.count() > 0 && parameters.node() >= items.rows()[0].length) {
            throw new InvalidArgumentException(
                    items.rows()[0].length
                            + " log-densities for each item, and none for this node: give one for"
                            + " each node");
        }
    }

    @Override
    public void start(NodeValues parameters, Marginal marginal, RandomGenerator random) {}

    @Override
    public Distribution distribution(NodeValues parameters) {
        return new OfItems(items, parameters.node());
    }

    /** Whether the other is of this type, whatever was supplied. */
    @Override
    public boolean equals(Object other) {
        return other instanceof External;
    }

    @Override
    public int hashCode() {
        return External.class.hashCode();
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return type();
    }

    private record OfItems(SuppliedItems items, int node) implements Distribution {

        @Override
        public double logDensity(double value) {
            return items.get(value, node);
        }

        @Override
        public double mode() {
            return Double.NaN;
        }

        @Override
        public double mean() {
            return Double.NaN;
        }

        @Override
        public double variance() {
            return Double.NaN;
        }

        @Override
        public double cumulative(double value) {
            return Double.NaN;
        }

        @Override
        public double draw(RandomGenerator random) {
            return Double.NaN;
        }
    }
}
