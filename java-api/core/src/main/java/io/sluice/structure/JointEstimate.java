package io.sluice.structure;

import java.util.Arrays;

/**
 * Estimates the joint distribution of two variables from all rows that observe at least one of
 * them. A row with both counts in its cell. A row with one is distributed over the cells that agree
 * with it, by expectation-maximisation (Dempster, Laird and Rubin 1977, section 4.1). If every row
 * has both, cell {@code ab} is {@code (n_ab + s) / (N + s A B)}.
 */
final class JointEstimate {
    private static final int MOST_ITERATIONS = 200;

    /** The iteration ends when the absolute changes of all probabilities sum to less. */
    private static final double CONVERGED = 1e-11;

    private JointEstimate() {}

    /**
     * Estimates the probabilities.
     *
     * @param both rows that observe both variables, {@code [first][second]}
     * @param first rows that observe the first variable alone
     * @param second rows that observe the second variable alone
     * @param smoothing added to each cell, at least 0
     * @return {@code [first][second]}, all zero if there are no rows and no smoothing
     */
    static double[][] of(double[][] both, double[] first, double[] second, double smoothing) {
        double[][] smoothed = new double[first.length][second.length];
        for (int a = 0; a < first.length; a++) {
            for (int b = 0; b < second.length; b++) {
                smoothed[a][b] = both[a][b] + smoothing;
            }
        }
        double[][] joint = start(smoothed, first, second);
        double single = Arrays.stream(first).sum() + Arrays.stream(second).sum();
        double change = single > 0 ? Double.POSITIVE_INFINITY : 0;
        for (int i = 0; i < MOST_ITERATIONS && change > CONVERGED; i++) {
            change = normalise(shareOut(joint, smoothed, first, second), joint);
        }
        return joint;
    }

    /** The estimate from complete pairs alone; independent variables if there are none. */
    private static double[][] start(double[][] both, double[] first, double[] second) {
        double[][] joint = new double[first.length][second.length];
        double pairs = 0;
        for (double[] row : both) {
            pairs += Arrays.stream(row).sum();
        }
        for (int a = 0; a < first.length; a++) {
            for (int b = 0; b < second.length; b++) {
                joint[a][b] = pairs > 0 ? both[a][b] : first[a] * second[b];
            }
        }
        normalise(joint, joint);
        return joint;
    }

    /** Expected rows in each cell under a joint distribution. */
    private static double[][] shareOut(
            double[][] joint, double[][] both, double[] first, double[] second) {
        double[] firstTotals = new double[first.length];
        double[] secondTotals = new double[second.length];
        for (int a = 0; a < first.length; a++) {
            for (int b = 0; b < second.length; b++) {
                firstTotals[a] += joint[a][b];
                secondTotals[b] += joint[a][b];
            }
        }
        double[][] expected = new double[first.length][second.length];
        for (int a = 0; a < first.length; a++) {
            double ofFirst = share(first[a], firstTotals[a]);
            double even = firstTotals[a] > 0 ? 0 : first[a] / second.length;
            for (int b = 0; b < second.length; b++) {
                double unseen = secondTotals[b] > 0 ? 0 : second[b] / first.length;
                double parts = ofFirst + share(second[b], secondTotals[b]);
                expected[a][b] = both[a][b] + joint[a][b] * parts + even + unseen;
            }
        }
        return expected;
    }

    private static double share(double rows, double total) {
        return total > 0 ? rows / total : 0;
    }

    /** Divides counts by their sum; returns how much the result changed. */
    private static double normalise(double[][] counts, double[][] result) {
        double total = 0;
        for (double[] row : counts) {
            total += Arrays.stream(row).sum();
        }
        double change = 0;
        for (int a = 0; a < counts.length && total > 0; a++) {
            for (int b = 0; b < counts[a].length; b++) {
                double probability = counts[a][b] / total;
                change += Math.abs(probability - result[a][b]);
                result[a][b] = probability;
            }
        }
        return change;
    }
}
