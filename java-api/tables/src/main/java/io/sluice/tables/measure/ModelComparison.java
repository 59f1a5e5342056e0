package io.sluice.tables.measure;

import io.sluice.InvalidArgumentException;

/**
 * Two models judged on the same rows.
 *
 * @param firstMean mean log-likelihood of the first model; minus infinity if a row is impossible
 * @param secondMean mean log-likelihood of the second model
 * @param difference mean of the first's log-likelihood minus the second's, over the rows that are
 *     possible under both; NaN when there are none
 * @param standardError standard error of the difference, from the spread over these rows; NaN with
 *     fewer than two
 * @param firstBetter how many rows are more likely under the first model
 * @param secondBetter how many rows are more likely under the second model
 * @param possible how many rows are possible under both
 */
public record ModelComparison(
        double firstMean,
        double secondMean,
        double difference,
        double standardError,
        int firstBetter,
        int secondBetter,
        int possible) {

    /**
     * Compares.
     *
     * @param first log-likelihoods of the rows under the first model, in the user's units
     * @param second log-likelihoods of the same rows under the second model
     */
    public static ModelComparison of(double[] first, double[] second) {
        if (first.length != second.length || first.length == 0) {
            throw new InvalidArgumentException(
                    first.length
                            + " and "
                            + second.length
                            + " log-likelihoods: give one of each model for each row, at least"
                            + " one");
        }
        double firstSum = 0;
        double secondSum = 0;
        double differences = 0;
        int firstBetter = 0;
        int secondBetter = 0;
        int possible = 0;
        for (int row = 0; row < first.length; row++) {
            firstSum += first[row];
            secondSum += second[row];
            firstBetter += first[row] > second[row] ? 1 : 0;
            secondBetter += second[row] > first[row] ? 1 : 0;
            if (bothPossible(first[row], second[row])) {
                differences += first[row] - second[row];
                possible++;
            }
        }
        double difference = differences / possible;
        double squares = 0;
        for (int row = 0; row < first.length; row++) {
            if (bothPossible(first[row], second[row])) {
                double deviation = first[row] - second[row] - difference;
                squares += deviation * deviation;
            }
        }
        return new ModelComparison(
                firstSum / first.length,
                secondSum / first.length,
                difference,
                possible < 2 ? Double.NaN : Math.sqrt(squares / (possible - 1) / possible),
                firstBetter,
                secondBetter,
                possible);
    }

    private static boolean bothPossible(double first, double second) {
        return Math.min(first, second) > Double.NEGATIVE_INFINITY;
    }
}
