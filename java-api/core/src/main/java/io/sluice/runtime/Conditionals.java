package io.sluice.runtime;

import io.sluice.InvalidArgumentException;

/**
 * For each missing cell of a data set, its exact distribution given the other cells of its row,
 * computed for all cells in one upward and one downward pass. Cells are numbered from 0 in row
 * order, then variable order. Immutable.
 */
public final class Conditionals {
    private final long rows;
    private final int[] row;
    private final int[] variable;
    private final double[][] distribution;
    private final boolean[] finite;

    /**
     * @param distribution for a cell of a finite family the probabilities of its categories,
     *     otherwise mean and standard deviation
     * @param finite for each variable, whether its family is finite
     */
    Conditionals(long rows, int[] row, int[] variable, double[][] distribution, boolean[] finite) {
        this.rows = rows;
        this.row = row;
        this.variable = variable;
        this.distribution = distribution;
        this.finite = finite;
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

    /** Whether the cell's variable has finitely many values, so that it has probabilities. */
    public boolean finite(int cell) {
        return finite[variable[cell]];
    }

    /**
     * Probabilities of the cell's categories, a fresh array that sums to one.
     *
     * @throws InvalidArgumentException when the cell's variable is continuous
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

    /** Mean of the cell; of a finite variable, of its category numbers. */
    public double mean(int cell) {
        if (!finite(cell)) {
            return distribution[cell][0];
        }
        double sum = 0;
        for (int k = 0; k < distribution[cell].length; k++) {
            sum += k * distribution[cell][k];
        }
        return sum;
    }

    /** Standard deviation of the cell; of a finite variable, of its category numbers. */
    public double standardDeviation(int cell) {
        if (!finite(cell)) {
            return distribution[cell][1];
        }
        double mean = mean(cell);
        double sum = 0;
        for (int k = 0; k < distribution[cell].length; k++) {
            sum += (k - mean) * (k - mean) * distribution[cell][k];
        }
        return Math.sqrt(sum);
    }
}
