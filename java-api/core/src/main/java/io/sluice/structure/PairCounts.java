package io.sluice.structure;

import io.sluice.data.Dataset;

import java.util.Arrays;

/**
 * Joint counts of the variables at the two ends of each edge of a tree, and the distributions that
 * follow from them. A row counts where it observes both variables.
 */
final class PairCounts {
    private final Dataset data;
    private final ChowLiuTree tree;
    private final double smoothing;

    /**
     * @param data categorical columns
     * @param smoothing added to each joint cell, over 0
     */
    PairCounts(Dataset data, ChowLiuTree tree, double smoothing) {
        this.data = data;
        this.tree = tree;
        this.smoothing = smoothing;
    }

    int categories(int variable) {
        return data.schema().column(variable).categories();
    }

    /**
     * Distributions {@code [category of the parent][category]} of a variable; one row for the root.
     */
    double[][] conditional(int variable) {
        double[][] cells = variable == tree.root() ? rootCells(variable) : cells(variable);
        for (double[] row : cells) {
            double total = 0;
            for (double cell : row) {
                total += cell;
            }
            for (int k = 0; k < row.length; k++) {
                row[k] /= total;
            }
        }
        return cells;
    }

    private double[][] cells(int variable) {
        int parent = tree.parent(variable);
        double[][] cells = new double[categories(parent)][categories(variable)];
        for (double[] row : cells) {
            Arrays.fill(row, smoothing);
        }
        for (long row = 0; row < data.rows(); row++) {
            double above = data.value(row, parent);
            double below = data.value(row, variable);
            if (!Double.isNaN(above) && !Double.isNaN(below)) {
                cells[(int) above][(int) below]++;
            }
        }
        return cells;
    }

    private double[][] rootCells(int root) {
        double[] marginal = new double[categories(root)];
        int[] children = tree.children(root);
        if (children.length > 0) {
            double[][] cells = cells(children[0]);
            for (int k = 0; k < marginal.length; k++) {
                for (double cell : cells[k]) {
                    marginal[k] += cell;
                }
            }
        } else {
            Arrays.fill(marginal, smoothing);
            for (long row = 0; row < data.rows(); row++) {
                double value = data.value(row, root);
                if (!Double.isNaN(value)) {
                    marginal[(int) value]++;
                }
            }
        }
        return new double[][] {marginal};
    }
}
