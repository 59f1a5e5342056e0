package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Random;

final class LogisticRegressionTest {

    @Test
    void the_weight_of_two_opposite_points_solves_its_equation() {
        // the rows x = 1 (positive) and x = -1 (negative): w = 2 / (1 + exp(w)), no intercept
        RowEncoder.Encoded rows =
                new RowEncoder.Encoded(new double[][] {{1}, {-1}}, new int[2][0], new int[0]);
        double[] weights = LogisticRegression.fit(rows, new boolean[] {true, false}).weights();
        assertEquals(2, weights[0] * (1 + Math.exp(weights[0])), 1e-4);
        assertEquals(0, weights[1], 1e-9);
    }

    @Test
    void without_features_the_intercept_is_the_log_odds() {
        RowEncoder.Encoded rows =
                new RowEncoder.Encoded(new double[4][0], new int[4][0], new int[0]);
        double[] weights =
                LogisticRegression.fit(rows, new boolean[] {true, true, true, false}).weights();
        assertEquals(Math.log(3), weights[0], 1e-4);
    }

    @Test
    void the_gradient_vanishes_at_the_solution_whatever_the_sizes_of_features() {
        Random random = new Random(5);
        int rows = 500;
        double[][] numbers = new double[rows][2];
        int[][] kinds = new int[rows][1];
        boolean[] positive = new boolean[rows];
        for (int row = 0; row < rows; row++) {
            numbers[row][0] = random.nextGaussian();
            numbers[row][1] = random.nextInt(10) == 0 ? 1e5 * random.nextDouble() : 0;
            kinds[row][0] = random.nextInt(3);
            positive[row] =
                    numbers[row][0] + kinds[row][0] - 1 + numbers[row][1] / 1e5
                            > random.nextGaussian();
        }
        double[] weights =
                LogisticRegression.fit(
                                new RowEncoder.Encoded(numbers, kinds, new int[] {3}), positive)
                        .weights();
        double[] gradient = new double[6];
        for (int k = 0; k < 5; k++) {
            gradient[k] = weights[k];
        }
        for (int row = 0; row < rows; row++) {
            double margin =
                    weights[0] * numbers[row][0]
                            + weights[1] * numbers[row][1]
                            + weights[2 + kinds[row][0]]
                            + weights[5];
            double error = 1 / (1 + Math.exp(-margin)) - (positive[row] ? 1 : 0);
            gradient[0] += error * numbers[row][0];
            gradient[1] += error * numbers[row][1];
            gradient[2 + kinds[row][0]] += error;
            gradient[5] += error;
        }
        gradient[1] /= 1e5; // per unit of a feature of size 1
        for (double part : gradient) {
            assertEquals(0, part, 2e-3);
        }
    }
}
