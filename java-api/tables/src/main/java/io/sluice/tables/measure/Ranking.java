package io.sluice.tables.measure;

import java.util.Arrays;

/** How well scores rank rows of one kind above rows of another. */
final class Ranking {
    private Ranking() {}

    /**
     * The area under the ROC curve: the probability that a random positive row has a higher score
     * than a random negative one, where equal scores count half. 0.5 when one kind is absent.
     */
    static double area(double[] scores, boolean[] positive) {
        int count = scores.length;
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        long positives = 0;
        long[] positiveAt = new long[count]; // by where a score comes first among the sorted ones
        long[] negativeAt = new long[count];
        for (int row = 0; row < count; row++) {
            int at = first(sorted, scores[row]);
            if (positive[row]) {
                positiveAt[at]++;
                positives++;
            } else {
                negativeAt[at]++;
            }
        }
        double below = 0; // negatives with a lower score, summed over the positives
        long negatives = 0;
        for (int at = 0; at < count; at++) {
            below += positiveAt[at] * (negatives + 0.5 * negativeAt[at]);
            negatives += negativeAt[at];
        }
        return positives == 0 || negatives == 0 ? 0.5 : below / positives / negatives;
    }

    /** Position of the first number that is not less than a value. */
    private static int first(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
