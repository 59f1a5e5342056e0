package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.NodeValues;
import io.sluice.circuit.Parameters;

import java.util.random.RandomGenerator;

/**
 * Code that families share whose parameters are probabilities of their categories, {@code
 * [category][node]}.
 */
final class Probabilities {

    private Probabilities() {}

    static boolean isCategory(double value, int categories) {
        return value >= 0 && value < categories && value == Math.rint(value);
    }

    static String values(int categories) {
        return "a category from 0 to " + (categories - 1);
    }

    static void check(NodeValues probabilities, int categories) {
        double total = 0;
        for (int k = 0; k < categories; k++) {
            double p = probabilities.get(k);
            if (!Parameters.isRepresentable(p)) {
                throw new InvalidArgumentException(
                        "the parameter "
                                + (float) p
                                + ": expected 0, or a finite number of at least "
                                + Parameters.SMALLEST_WEIGHT);
            }
            total += p;
        }
        if (!(Math.abs(total - 1) <= Parameters.SUM_TOLERANCE)) {
            throw new InvalidArgumentException(
                    "parameters that sum to "
                            + total
                            + ", expected 1 within "
                            + Parameters.SUM_TOLERANCE
                            + ": normalise them");
        }
    }

    /** Exponentials of normal noise, normalised. */
    static void start(NodeValues probabilities, int categories, RandomGenerator random) {
        double[] weights = new double[categories];
        double total = 0;
        for (int k = 0; k < categories; k++) {
            weights[k] = Math.exp(random.nextGaussian());
            total += weights[k];
        }
        for (int k = 0; k < categories; k++) {
            probabilities.set(k, weights[k] / total);
        }
    }

    /** Sum of a node's counts. */
    static double total(NodeValues counts, int categories) {
        double total = 0;
        for (int k = 0; k < categories; k++) {
            total += counts.get(k);
        }
        return total;
    }

    /**
     * The derivatives by logarithms that are normalised afterwards: {@code count_k - p_k total}.
     */
    static void gradient(
            NodeValues probabilities, NodeValues counts, int categories, NodeValues gradient) {
        double total = total(counts, categories);
        for (int k = 0; k < categories; k++) {
            double p = probabilities.get(k);
            gradient.set(k, p == 0 ? 0 : counts.get(k) - p * total);
        }
    }

    /** Takes a step in the logarithms and normalises. */
    static void move(NodeValues probabilities, NodeValues step, int categories) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < categories; k++) {
            if (probabilities.get(k) > 0) {
                largest = Math.max(largest, step.get(k));
            }
        }
        double total = 0;
        for (int k = 0; k < categories; k++) {
            total += moved(probabilities.get(k), step.get(k) - largest);
        }
        for (int k = 0; k < categories; k++) {
            double old = probabilities.get(k);
            double moved = moved(old, step.get(k) - largest) / total;
            probabilities.set(k, old == 0 ? 0 : Parameters.learnedWeight(moved));
        }
    }

    private static double moved(double probability, double step) {
        return probability == 0 ? 0 : probability * StrictMath.exp(step);
    }

    /**
     * The step of {@link Categorical}. Hard zeros stay zero and get no pseudocount. Dividing by the
     * old sum keeps rounding from adding up over many steps.
     */
    static void update(
            NodeValues probabilities,
            NodeValues counts,
            int categories,
            boolean hardZeros,
            double step,
            double pseudocount) {
        double total = 0;
        double sum = 0;
        int possible = 0;
        for (int k = 0; k < categories; k++) {
            total += counts.get(k);
            sum += probabilities.get(k);
            possible += hardZeros && probabilities.get(k) == 0 ? 0 : 1;
        }
        if (total + pseudocount < Parameters.SMALLEST_FLOW) {
            return;
        }
        for (int k = 0; k < categories; k++) {
            double old = probabilities.get(k);
            if (!hardZeros || old != 0) {
                double target = (counts.get(k) + pseudocount / possible) / (total + pseudocount);
                double now = (1 - step) * old / sum + step * target;
                probabilities.set(k, old + now == 0 ? 0 : Parameters.learnedWeight(now));
            }
        }
    }

    /**
     * The distribution of some probabilities.
     *
     * @param probabilities not copied: they are read when they are needed
     */
    static Distribution distribution(NodeValues probabilities, int categories) {
        return new OfCategories(probabilities, categories);
    }

    private record OfCategories(NodeValues p, int categories) implements FiniteDistribution {

        @Override
        public double probability(int category) {
            return p.get(category);
        }

        @Override
        public double logDensity(double value) {
            return Math.log(p.get((int) value));
        }
    }
}
