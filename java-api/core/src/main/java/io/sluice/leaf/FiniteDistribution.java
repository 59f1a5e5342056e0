package io.sluice.leaf;

import io.sluice.circuit.Distribution;

import java.util.random.RandomGenerator;

/** A distribution over the categories {@code 0 .. categories - 1}, by their probabilities. */
interface FiniteDistribution extends Distribution {

    int categories();

    /** Probability of a category; all together sum to one up to rounding. */
    double probability(int category);

    @Override
    default double mode() {
        int best = 0;
        double largest = probability(0);
        for (int k = 1; k < categories(); k++) {
            double p = probability(k);
            if (p > largest) {
                largest = p;
                best = k;
            }
        }
        return best;
    }

    @Override
    default double mean() {
        double sum = 0;
        double total = 0;
        for (int k = 0; k < categories(); k++) {
            double p = probability(k);
            sum += k * p;
            total += p;
        }
        return sum / total;
    }

    @Override
    default double variance() {
        double mean = mean();
        double sum = 0;
        double total = 0;
        for (int k = 0; k < categories(); k++) {
            double p = probability(k);
            sum += (k - mean) * (k - mean) * p;
            total += p;
        }
        return sum / total;
    }

    @Override
    default double cumulative(double value) {
        double below = 0;
        double total = 0;
        for (int k = 0; k < categories(); k++) {
            double p = probability(k);
            below += k <= value ? p : 0;
            total += p;
        }
        return below / total;
    }

    @Override
    default double draw(RandomGenerator random) {
        double left = random.nextDouble();
        int last = 0;
        for (int k = 0; k < categories(); k++) {
            double share = probability(k);
            if (share > 0) {
                last = k;
                left -= share;
                if (left < 0) {
                    return k;
                }
            }
        }
        return last; // the probabilities sum to one up to rounding
    }
}
