package io.sluice.tables.measure;

import java.util.Arrays;

/**
 * Gradient-boosted trees for two or more classes, or for numbers: 100 rounds of {@link
 * RegressionTree}s on the loss's derivatives, as XGBoost does by default. With more than two
 * classes a round has a tree for each.
 */
final class BoostedTrees {
    private static final int ROUNDS = 100;
    private static final double LEAST_CURVATURE = 1e-16;

    private final Bins bins;
    private final double[] start; // score of each output before the first tree
    private final RegressionTree[][] trees; // [round][output]

    private BoostedTrees(Bins bins, double[] start, RegressionTree[][] trees) {
        this.bins = bins;
        this.start = start;
        this.trees = trees;
    }

    /** A loss of scores, {@code [output][row]}. */
    private interface Loss {
        /** The best scores that are the same for all rows, one for each output. */
        double[] start();

        /** Its derivatives by the scores of one output, for each row. */
        void derive(double[][] scores, int output, double[] first, double[] second);
    }

    /** Learns to tell positive rows from the others; the only score is their log-odds. */
    static BoostedTrees fitBinary(Table features, boolean[] positive) {
        return fit(features, new Logistic(positive));
    }

    /**
     * Learns classes; the scores are logarithms of probabilities, up to a constant for each row.
     *
     * @param classes of the rows, 0 to {@code count - 1}
     */
    static BoostedTrees fitClasses(Table features, int[] classes, int count) {
        return fit(features, new Softmax(classes, count));
    }

    /** Learns numbers; the only score is the number expected. */
    static BoostedTrees fitNumbers(Table features, double[] numbers) {
        return fit(features, new Squared(numbers));
    }

    private static BoostedTrees fit(Table features, Loss loss) {
        Bins bins = new Bins(features);
        int[][] cells = bins.of(features);
        RegressionTree.Grower grower = new RegressionTree.Grower(features, bins, cells);
        double[] start = loss.start();
        double[][] scores = scores(start, features.rows());
        RegressionTree[][] trees = new RegressionTree[ROUNDS][start.length];
        double[] first = new double[features.rows()];
        double[] second = new double[features.rows()];
        for (RegressionTree[] round : trees) {
            for (int output = 0; output < start.length; output++) {
                loss.derive(scores, output, first, second);
                round[output] = grower.grow(first, second);
            }
            add(round, cells, scores); // outputs of one round do not see each other
        }
        return new BoostedTrees(bins, start, trees);
    }

    /** Scores of rows with the same columns, {@code [output][row]}. */
    double[][] scores(Table features) {
        int[][] cells = bins.of(features);
        double[][] scores = scores(start, features.rows());
        for (RegressionTree[] round : trees) {
            add(round, cells, scores);
        }
        return scores;
    }

    private static double[][] scores(double[] start, int rows) {
        double[][] scores = new double[start.length][rows];
        for (int output = 0; output < start.length; output++) {
            Arrays.fill(scores[output], start[output]);
        }
        return scores;
    }

    private static void add(RegressionTree[] round, int[][] cells, double[][] scores) {
        for (int output = 0; output < round.length; output++) {
            for (int row = 0; row < scores[output].length; row++) {
                scores[output][row] += round[output].value(cells, row);
            }
        }
    }

    private record Logistic(boolean[] positive) implements Loss {
        @Override
        public double[] start() {
            double count = 0.5; // keeps the log-odds finite when all rows are of one kind
            for (boolean each : positive) {
                count += each ? 1 : 0;
            }
            return new double[] {Math.log(count / (positive.length + 1 - count))};
        }

        @Override
        public void derive(double[][] scores, int output, double[] first, double[] second) {
            for (int row = 0; row < first.length; row++) {
                double probability = 1 / (1 + Math.exp(-scores[output][row]));
                first[row] = probability - (positive[row] ? 1 : 0);
                second[row] = Math.max(probability * (1 - probability), LEAST_CURVATURE);
            }
        }
    }

    private record Softmax(int[] classes, int count) implements Loss {
        @Override
        public double[] start() {
            return new double[count];
        }

        @Override
        public void derive(double[][] scores, int output, double[] first, double[] second) {
            for (int row = 0; row < first.length; row++) {
                double sum = 0; // of probabilities, relative to this output's
                for (double[] other : scores) {
                    sum += Math.exp(other[row] - scores[output][row]);
                }
                double probability = 1 / sum;
                first[row] = probability - (classes[row] == output ? 1 : 0);
                // twice the second derivative, which bounds how strongly outputs interact
                second[row] = Math.max(2 * probability * (1 - probability), LEAST_CURVATURE);
            }
        }
    }

    private record Squared(double[] numbers) implements Loss {
        @Override
        public double[] start() {
            return new double[] {Arrays.stream(numbers).average().orElse(0)};
        }

        @Override
        public void derive(double[][] scores, int output, double[] first, double[] second) {
            for (int row = 0; row < first.length; row++) {
                first[row] = scores[output][row] - numbers[row];
                second[row] = 1;
            }
        }
    }
}
