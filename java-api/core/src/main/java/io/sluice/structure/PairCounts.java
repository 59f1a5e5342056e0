package io.sluice.structure;

import io.sluice.data.Dataset;

import java.util.Arrays;

/**
 * The distributions of a tree, each estimated separately from counts: the root's from all rows that
 * observe it; that of any other variable given its parent from all rows that observe at least one
 * of the two ({@link JointEstimate}).
 */
final class PairCounts {
    private final Dataset data;
    private final ChowLiuTree tree;
    private final double smoothing;

    /**
     * @param smoothing added to each joint cell, over 0
     */
    PairCounts(Dataset data, ChowLiuTree tree, double smoothing) {
        this.data = data;
        this.tree = tree;
        this.smoothing = smoothing;
    }

    /** Categories of a variable; 0 when it is continuous. */
    int categories(int variable) {
        return data.schema().column(variable).categories();
    }

    /**
     * Distributions {@code [category of the parent][category]} of a categorical variable with a
     * categorical parent; one row for the root.
     */
    double[][] conditional(int variable) {
        double[][] cells = variable == tree.root() ? marginal(variable) : joint(variable);
        normaliseRows(cells);
        return cells;
    }

    private double[][] joint(int variable) {
        int parent = tree.parent(variable);
        double[][] both = new double[categories(parent)][categories(variable)];
        double[] parentAlone = new double[categories(parent)];
        double[] variableAlone = new double[categories(variable)];
        for (long row = 0; row < data.rows(); row++) {
            double above = data.value(row, parent);
            double below = data.value(row, variable);
            if (!Double.isNaN(above) && !Double.isNaN(below)) {
                both[(int) above][(int) below]++;
            } else if (!Double.isNaN(above)) {
                parentAlone[(int) above]++;
            } else if (!Double.isNaN(below)) {
                variableAlone[(int) below]++;
            }
        }
        return JointEstimate.of(both, parentAlone, variableAlone, smoothing);
    }

    private double[][] marginal(int variable) {
        double[] counts = new double[categories(variable)];
        Arrays.fill(counts, smoothing * cellsOfCategory(variable));
        for (long row = 0; row < data.rows(); row++) {
            double value = data.value(row, variable);
            if (!Double.isNaN(value)) {
                counts[(int) value]++;
            }
        }
        return new double[][] {counts};
    }

    /**
     * Number of smoothed cells of a category of the root: without missing cells, its distribution
     * is the marginal of the joint cells with its first child.
     */
    private int cellsOfCategory(int root) {
        int[] children = tree.children(root);
        return data.missing() == null && children.length > 0
                ? Math.max(1, categories(children[0]))
                : 1;
    }

    /** Makes each row sum to one. */
    static void normaliseRows(double[][] cells) {
        for (double[] row : cells) {
            double total = 0;
            for (double cell : row) {
                total += cell;
            }
            for (int k = 0; k < row.length; k++) {
                row[k] /= total;
            }
        }
    }
}
