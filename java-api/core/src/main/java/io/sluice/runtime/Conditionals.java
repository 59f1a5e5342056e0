package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;

/**
 * For each missing cell of a data set, its exact distribution given the other cells of its row,
 * computed for all cells in one forward and one backward pass. Cells are numbered from 0 in row
 * order, then variable order. Immutable.
 */
public final class Conditionals {
    private final long rows;
    private final int[] row;
    private final int[] variable;
    private final double[][] distribution;
    private final boolean[] finite;
    private final Distribution[][] components;

    /**
     * @param distribution for a cell of a finite family the probabilities of its categories,
     *     otherwise the weights of the components, which sum to one
     * @param finite for each variable, whether its family is finite
     * @param components what the cells of each variable are mixtures of, unless it is finite
     */
    Conditionals(
            long rows,
            int[] row,
            int[] variable,
            double[][] distribution,
            boolean[] finite,
            Distribution[][] components) {
        this.rows = rows;
        this.row = row;
        this.variable = variable;
        this.distribution = distribution;
        this.finite = finite;
        this.components = components;
    }

    /** How many cells of how many rows, as messages say it. */
    @Override
    public String toString() {
        return "conditionals of " + cells() + " missing cells in " + rows + " rows";
    }

    /** Rows of the evidence. */
    public long rows() {
        return rows;
    }

    /** How many cells were missing. */
    public int cells() {
        return row.length;
    }

    /** Row of a cell. */
    public int row(int cell) {
        return row[cell];
    }

    /** Variable of a cell. */
    public int variable(int cell) {
        return variable[cell];
    }

    /** Whether the cell's variable has finitely many values, and therefore probabilities. */
    public boolean finite(int cell) {
        return finite[variable[cell]];
    }

    /**
     * Probabilities of the cell's categories, a fresh array that sums to one.
     *
     * @throws InvalidArgumentException when the cell's variable has no categories
     */
    public double[] probabilities(int cell) {
        if (!finite(cell)) {
            throw new InvalidArgumentException(
                    "variable "
                            + variable[cell]
                            + " is continuous and has no probabilities: ask for mean and"
                            + " standardDeviation");
        }
        return distribution[cell].clone();
    }

    /** Mean of the cell; of a finite variable, of its category numbers; NaN when it has none. */
    public double mean(int cell) {
        double[] shares = distribution[cell];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += shares[i] == 0 ? 0 : shares[i] * (finite(cell) ? i : component(cell, i).mean());
        }
        return sum;
    }

    private Distribution component(int cell, int i) {
        return components[variable[cell]][i];
    }

    /**
     * Variance of the cell; of a finite variable, of its category numbers; NaN when it has none.
     */
    public double variance(int cell) {
        double mean = mean(cell);
        double[] shares = distribution[cell];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] != 0) {
                double apart = (finite(cell) ? i : component(cell, i).mean()) - mean;
                double within = finite(cell) ? 0 : component(cell, i).variance();
                sum += shares[i] * (apart * apart + within);
            }
        }
        return sum;
    }

    /** Root of the {@link #variance}. */
    public double standardDeviation(int cell) {
        return Math.sqrt(variance(cell));
    }

    /**
     * Probability that the cell is at most a value, from 0 to 1; of a finite variable, by category
     * numbers; NaN when values have no order.
     */
    public double cumulative(int cell, double value) {
        double[] shares = distribution[cell];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            if (finite(cell)) {
                sum += i <= value ? shares[i] : 0;
            } else if (shares[i] != 0) {
                sum += shares[i] * component(cell, i).cumulative(value);
            }
        }
        return sum;
    }

    /**
     * Log-density of the cell, in nats.
     *
     * @param value one that the variable can take
     * @throws InvalidArgumentException when the variable cannot take it
     */
    public double logDensity(int cell, double value) {
        double[] shares = distribution[cell];
        if (finite(cell)) {
            if (!(value >= 0 && value < shares.length && value == Math.rint(value))) {
                throw new InvalidArgumentException(
                        "the value "
                                + value
                                + " for variable "
                                + variable[cell]
                                + ": expected a category from 0 to "
                                + (shares.length - 1));
            }
            return Math.log(shares[(int) value]);
        }
        if (!Double.isFinite(value)) {
            throw new InvalidArgumentException(
                    "the value "
                            + value
                            + " for variable "
                            + variable[cell]
                            + ": expected a finite number");
        }
        double[] logs = new double[shares.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < shares.length; i++) {
            logs[i] =
                    shares[i] == 0
                            ? Double.NEGATIVE_INFINITY
                            : Math.log(shares[i]) + component(cell, i).logDensity(value);
            largest = Math.max(largest, logs[i]);
        }
        if (largest == Double.NEGATIVE_INFINITY) {
            return largest;
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - largest);
        }
        return largest + Math.log(sum);
    }
}
