package io.sluice.leaf;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.NodeValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Piecewise constant densities over an interval that is cut into bins. The parameters of a node,
 * {@code [bin][node]}, are the probabilities of the bins, which learn as those of {@link
 * Categorical} do; the density within a bin is its probability over its width. A bin includes its
 * lower edge; the last bin includes both edges.
 *
 * @param edges of the bins, increasing and finite: one more than there are bins, at least two. The
 *     density is zero outside, so they have to enclose every value
 */
public record Histogram(List<Double> edges) implements OutcomeProbabilities {

    private static final String EDGES = "edges";

    /**
     * Checks the edges.
     *
     * @throws InvalidArgumentException when there are fewer than two, or they do not increase
     */
    public Histogram {
        edges = List.copyOf(edges);
        if (edges.size() < 2) {
            throw new InvalidArgumentException(
                    "a histogram with "
                            + edges.size()
                            + " edges: give at least two, which make one bin");
        }
        for (int i = 0; i < edges.size(); i++) {
            double edge = edges.get(i);
            if (!(Math.abs(edge) <= Float.MAX_VALUE)
                    || (i > 0 && !((float) edge > (float) (double) edges.get(i - 1)))) {
                throw new InvalidArgumentException(
                        "a histogram whose edge "
                                + i
                                + " is "
                                + edge
                                + ": give float32 numbers that increase");
            }
        }
    }

    /**
     * Bins of equal width.
     *
     * @param low lower end of the first
     * @param high upper end of the last
     */
    public static Histogram ofEqualBins(double low, double high, int bins) {
        List<Double> edges = new ArrayList<>();
        for (int i = 0; i < bins; i++) {
            edges.add(low + (high - low) * i / bins);
        }
        edges.add(high);
        return new Histogram(edges);
    }

    private int bins() {
        return edges.size() - 1;
    }

    private int binOf(double value) {
        int low = 0;
        int high = bins();
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (edges.get(middle) <= value) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String type() {
        return "histogram";
    }

    @Override
    public FamilySettings settings() {
        return FamilySettings.NONE.with(
                EDGES, edges.stream().mapToDouble(Double::doubleValue).toArray());
    }

    @Override
    public Histogram withSettings(FamilySettings settings) {
        return new Histogram(Arrays.stream(settings.numbers(EDGES)).boxed().toList());
    }

    @Override
    public boolean accepts(double value) {
        // cells are float32 numbers, and an edge may be rounded to one
        return value >= (float) (double) edges.get(0)
                && value <= (float) (double) edges.get(bins());
    }

    @Override
    public String values() {
        return "a number from " + edges.get(0) + " to " + edges.get(bins());
    }

    @Override
    public int parameterRows() {
        return bins();
    }

    @Override
    public Distribution distribution(NodeValues parameters) {
        double[] probabilities = new double[bins()];
        Arrays.setAll(probabilities, parameters::get);
        return new OfBins(this, probabilities);
    }

    @Override
    public void addStatistics(
            NodeValues parameters, double value, double flow, NodeValues statistics) {
        int bin = binOf(value);
        statistics.set(bin, statistics.get(bin) + flow);
    }

    /** The family as messages name it. */
    @Override
    public String toString() {
        return "histogram of " + bins() + " bins";
    }

    private static final class OfBins implements Distribution {
        private final Histogram family;
        private final double[] probabilities;

        OfBins(Histogram family, double[] probabilities) {
            this.family = family;
            this.probabilities = probabilities;
        }

        private double low(int bin) {
            return family.edges.get(bin);
        }

        private double width(int bin) {
            return family.edges.get(bin + 1) - low(bin);
        }

        private double middle(int bin) {
            return low(bin) + width(bin) / 2;
        }

        @Override
        public double logDensity(double value) {
            int bin = family.binOf(value);
            return Math.log(probabilities[bin]) - Math.log(width(bin));
        }

        /** The middle of the densest bin. */
        @Override
        public double mode() {
            int best = 0;
            for (int i = 1; i < probabilities.length; i++) {
                if (probabilities[i] / width(i) > probabilities[best] / width(best)) {
                    best = i;
                }
            }
            return middle(best);
        }

        @Override
        public double mean() {
            double sum = 0;
            for (int i = 0; i < probabilities.length; i++) {
                sum += probabilities[i] * middle(i);
            }
            return sum / total();
        }

        private double total() {
            return Arrays.stream(probabilities).sum();
        }

        @Override
        public double variance() {
            double mean = mean();
            double sum = 0;
            for (int i = 0; i < probabilities.length; i++) {
                double apart = middle(i) - mean;
                sum += probabilities[i] * (apart * apart + width(i) * width(i) / 12);
            }
            return sum / total();
        }

        @Override
        public double cumulative(double value) {
            double below = 0;
            for (int i = 0; i < probabilities.length; i++) {
                below += probabilities[i] * Math.clamp((value - low(i)) / width(i), 0, 1);
            }
            return below / total();
        }

        @Override
        public double draw(RandomGenerator random) {
            double left = random.nextDouble() * total();
            int bin = 0;
            while (bin + 1 < probabilities.length && left >= probabilities[bin]) {
                left -= probabilities[bin++];
            }
            return low(bin) + width(bin) * random.nextDouble();
        }
    }
}
