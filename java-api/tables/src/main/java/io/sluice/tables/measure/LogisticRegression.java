package io.sluice.tables.measure;

import java.util.Arrays;

/**
 * Logistic regression with an L2 penalty. It minimises
 *
 * <pre>  sum over rows of log(1 + exp(-s (b + w.x))) + |w|^2 / 2,   s = +-1</pre>
 *
 * as scikit-learn does with {@code C = 1}; the intercept {@code b} is not penalised. Newton's
 * method, each direction by conjugate gradients with a diagonal preconditioner: features of very
 * different sizes, such as an amount with no spread between its quartiles, do not slow it down.
 */
final class LogisticRegression {
    private static final int MOST_STEPS = 50;
    private static final int MOST_INNER_STEPS = 200;
    private static final int MOST_HALVINGS = 30;
    private static final double INNER_TOLERANCE = 1e-3;

    /** Steps end when Newton's decrement, the decrease to be expected of another, is below. */
    private static final double TOLERANCE = 1e-8;

    private static final double SUFFICIENT_DECREASE = 1e-4;

    private final double[] weights; // the intercept last

    private LogisticRegression(double[] weights) {
        this.weights = weights;
    }

    /** Learns to tell positive rows from the others. */
    static LogisticRegression fit(RowEncoder.Encoded rows, boolean[] positive) {
        double[] weights = new double[width(rows) + 1];
        double[] margins = new double[rows.rows()];
        double loss = loss(margins, weights, positive);
        for (int step = 0; step < MOST_STEPS; step++) {
            double[] curvature = new double[margins.length];
            double[] gradient = penalty(weights);
            for (int row = 0; row < margins.length; row++) {
                double probability = probability(margins[row]);
                curvature[row] = probability * (1 - probability);
                add(rows, row, probability - (positive[row] ? 1 : 0), gradient);
            }
            double[] direction = solve(rows, curvature, gradient);
            double decrement = -dot(direction, gradient);
            if (decrement / 2 < TOLERANCE) {
                break;
            }
            double[] change = margins(rows, direction);
            double length = 1;
            for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
                double[] moved = sum(weights, length, direction);
                double[] movedMargins = sum(margins, length, change);
                double movedLoss = loss(movedMargins, moved, positive);
                if (movedLoss <= loss - SUFFICIENT_DECREASE * length * decrement) {
                    weights = moved;
                    margins = movedMargins;
                    loss = movedLoss;
                    break;
                }
            }
        }
        return new LogisticRegression(weights);
    }

    /** Weights of the features, then the intercept. */
    double[] weights() {
        return weights.clone();
    }

    /** Log-odds of being positive, one for each row. */
    double[] scores(RowEncoder.Encoded rows) {
        return margins(rows, weights);
    }

    /** Solves {@code Hessian * direction = -gradient} roughly. */
    private static double[] solve(RowEncoder.Encoded rows, double[] curvature, double[] gradient) {
        double[] diagonal = diagonal(rows, curvature);
        double[] direction = new double[gradient.length];
        double[] residual = sum(direction, -1, gradient);
        double[] scaled = divide(residual, diagonal);
        double[] search = scaled.clone();
        double product = dot(residual, scaled);
        double enough = product * INNER_TOLERANCE * INNER_TOLERANCE;
        for (int step = 0; step < MOST_INNER_STEPS && product > enough; step++) {
            double[] image = penalty(search);
            double[] change = margins(rows, search);
            for (int row = 0; row < change.length; row++) {
                add(rows, row, curvature[row] * change[row], image);
            }
            double length = product / dot(search, image);
            direction = sum(direction, length, search);
            residual = sum(residual, -length, image);
            scaled = divide(residual, diagonal);
            double next = dot(residual, scaled);
            search = sum(scaled, next / product, search);
            product = next;
        }
        return direction;
    }

    private static double[] diagonal(RowEncoder.Encoded rows, double[] curvature) {
        double[] diagonal = new double[width(rows) + 1];
        Arrays.fill(diagonal, 1);
        diagonal[diagonal.length - 1] = Double.MIN_NORMAL; // the intercept has no penalty
        for (int row = 0; row < curvature.length; row++) {
            double[] numbers = rows.numbers()[row];
            for (int k = 0; k < numbers.length; k++) {
                diagonal[k] += curvature[row] * numbers[k] * numbers[k];
            }
            int offset = numbers.length;
            for (int k = 0; k < rows.widths().length; k++) {
                diagonal[offset + rows.kinds()[row][k]] += curvature[row];
                offset += rows.widths()[k];
            }
            diagonal[offset] += curvature[row];
        }
        return diagonal;
    }

    private static int width(RowEncoder.Encoded rows) {
        int numbers = rows.rows() == 0 ? 0 : rows.numbers()[0].length;
        return numbers + Arrays.stream(rows.widths()).sum();
    }

    private static double[] margins(RowEncoder.Encoded rows, double[] weights) {
        double[] margins = new double[rows.rows()];
        for (int row = 0; row < margins.length; row++) {
            double[] numbers = rows.numbers()[row];
            double sum = weights[weights.length - 1];
            for (int k = 0; k < numbers.length; k++) {
                sum += weights[k] * numbers[k];
            }
            int offset = numbers.length;
            for (int k = 0; k < rows.widths().length; k++) {
                sum += weights[offset + rows.kinds()[row][k]];
                offset += rows.widths()[k];
            }
            margins[row] = sum;
        }
        return margins;
    }

    /** Adds the features of a row, times a factor, to a vector. */
    private static void add(RowEncoder.Encoded rows, int row, double factor, double[] to) {
        double[] numbers = rows.numbers()[row];
        for (int k = 0; k < numbers.length; k++) {
            to[k] += factor * numbers[k];
        }
        int offset = numbers.length;
        for (int k = 0; k < rows.widths().length; k++) {
            to[offset + rows.kinds()[row][k]] += factor;
            offset += rows.widths()[k];
        }
        to[offset] += factor;
    }

    /** The penalty's part of a gradient: the weights, without the intercept. */
    private static double[] penalty(double[] weights) {
        double[] part = weights.clone();
        part[part.length - 1] = 0;
        return part;
    }

    private static double loss(double[] margins, double[] weights, boolean[] positive) {
        double[] penalised = penalty(weights);
        double loss = dot(penalised, penalised) / 2;
        for (int row = 0; row < margins.length; row++) {
            double margin = positive[row] ? margins[row] : -margins[row];
            loss += Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
        }
        return loss;
    }

    private static double probability(double margin) {
        return 1 / (1 + Math.exp(-margin));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static double[] sum(double[] a, double factor, double[] b) {
        double[] sum = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            sum[k] = a[k] + factor * b[k];
        }
        return sum;
    }

    private static double[] divide(double[] a, double[] by) {
        double[] quotient = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            quotient[k] = a[k] / by[k];
        }
        return quotient;
    }
}
