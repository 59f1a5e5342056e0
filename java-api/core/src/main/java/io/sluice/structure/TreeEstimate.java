package io.sluice.structure;

import io.sluice.data.Dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Estimates the distributions {@code p(x_v | x_parent(v))} of a tree over categorical variables.
 *
 * <p>Without missing cells they are the smoothed counts. Missing cells are marginalised:
 * expectation-maximisation starts from the estimates of {@link PairCounts} and raises the
 * likelihood of all observed cells. A step counts each row with the posterior of its missing cells,
 * by belief propagation (Pearl 1988, section 4.2), and normalises the smoothed counts.
 */
final class TreeEstimate {
    private static final int MOST_STEPS = 200;

    /** A step that gains less, in nats per row, is the last. */
    private static final double LEAST_GAIN = 1e-9;

    /** Bound on the multiplications of all steps together, some ten seconds on one core. */
    private static final double MOST_MULTIPLICATIONS = 1e10;

    private final Dataset data;
    private final ChowLiuTree tree;
    private final double smoothing;
    private final int[] order;
    private final double[][][] distributions; // [variable][category of the parent][category]
    private final double[][][] counts; // of the current step
    private final int[] codes; // of the current row, -1 where missing
    private final double[][] evidence; // p(observed at and below v | x_v), up to a factor
    private final double[][] messages; // p(observed at and below v | x_parent), up to a factor
    private final double[][] posteriors; // p(x_v | row)

    private TreeEstimate(Dataset data, ChowLiuTree tree, double smoothing) {
        this.data = data;
        this.tree = tree;
        this.smoothing = smoothing;
        order = tree.order();
        int variables = tree.variables();
        distributions = new double[variables][][];
        counts = new double[variables][][];
        codes = new int[variables];
        evidence = new double[variables][];
        messages = new double[variables][];
        posteriors = new double[variables][];
        PairCounts pairs = new PairCounts(data, tree, smoothing);
        for (int v = 0; v < variables; v++) {
            distributions[v] = pairs.conditional(v);
            int parents = distributions[v].length;
            int categories = distributions[v][0].length;
            counts[v] = new double[parents][categories];
            evidence[v] = new double[categories];
            messages[v] = new double[parents];
            posteriors[v] = new double[categories];
        }
    }

    /**
     * Estimates the distributions of a tree.
     *
     * @param data categorical columns
     * @param smoothing added to each count, over 0
     * @return {@code [variable][category of the parent][category]}; one row for the root
     */
    static double[][][] of(Dataset data, ChowLiuTree tree, double smoothing) {
        TreeEstimate estimate = new TreeEstimate(data, tree, smoothing);
        if (data.missing() != null) {
            estimate.climb();
        }
        return estimate.distributions;
    }

    private void climb() {
        long[] incomplete = incompleteRows();
        if (incomplete.length == 0) {
            return;
        }
        double[][][] certain = completeCounts();
        long steps = Math.clamp((long) (MOST_MULTIPLICATIONS / work(incomplete)), 1, MOST_STEPS);
        double before = Double.NEGATIVE_INFINITY;
        for (long step = 0; step < steps; step++) {
            copy(certain, counts);
            double now = logPrior();
            for (long row : incomplete) {
                now += expect(row);
            }
            now += logLikelihood(certain);
            if (now - before < LEAST_GAIN * data.rows()) {
                return;
            }
            before = now;
            copy(counts, distributions);
            for (double[][] cells : distributions) {
                PairCounts.normaliseRows(cells);
            }
        }
    }

    /** Number of multiplications of a step. */
    private double work(long[] rows) {
        double work = 1;
        for (long row : rows) {
            for (int v : order) {
                int above = tree.parent(v);
                boolean alone = above == ChowLiuTree.NO_PARENT || !data.isMissing(row, above);
                int categories = data.isMissing(row, v) ? distributions[v][0].length : 1;
                work += (double) categories * (alone ? 1 : distributions[v].length);
            }
        }
        return work;
    }

    private long[] incompleteRows() {
        List<Long> rows = new ArrayList<>();
        for (long row = 0; row < data.rows(); row++) {
            for (int v = 0; v < data.variables(); v++) {
                if (data.isMissing(row, v)) {
                    rows.add(row);
                    break;
                }
            }
        }
        return rows.stream().mapToLong(Long::longValue).toArray();
    }

    /** Smoothed counts of the complete rows, which are the same in every step. */
    private double[][][] completeCounts() {
        double[][][] certain = new double[counts.length][][];
        for (int v = 0; v < certain.length; v++) {
            certain[v] = new double[counts[v].length][counts[v][0].length];
            for (double[] cells : certain[v]) {
                Arrays.fill(cells, smoothing);
            }
        }
        for (long row = 0; row < data.rows(); row++) {
            if (read(row)) {
                for (int v : order) {
                    certain[v][parentCode(v)][codes[v]]++;
                }
            }
        }
        return certain;
    }

    /** Reads the codes of a row; returns whether none is missing. */
    private boolean read(long row) {
        boolean complete = true;
        for (int v = 0; v < codes.length; v++) {
            double value = data.value(row, v);
            codes[v] = Double.isNaN(value) ? -1 : (int) value;
            complete &= codes[v] >= 0;
        }
        return complete;
    }

    private int parentCode(int variable) {
        int parent = tree.parent(variable);
        return parent == ChowLiuTree.NO_PARENT ? 0 : codes[parent];
    }

    /** Adds the expected counts of a row; returns its log-likelihood. */
    private double expect(long row) {
        read(row);
        double logLikelihood = 0;
        for (int i = order.length - 1; i >= 0; i--) {
            logLikelihood += gather(order[i]);
        }
        for (int v : order) {
            spread(v);
        }
        return logLikelihood;
    }

    /**
     * Sends messages from the children of a variable to its parent; returns the log of the scaling.
     */
    private double gather(int v) {
        double[] own = evidence[v];
        int known = codes[v];
        double scale = 0;
        if (known < 0) {
            Arrays.fill(own, 1);
        }
        for (int child : tree.children(v)) {
            if (known >= 0) {
                scale += Math.log(messages[child][known]);
            } else {
                for (int k = 0; k < own.length; k++) {
                    own[k] *= messages[child][k];
                }
                scale += scaleToOne(own);
            }
        }
        double[] message = messages[v];
        int from = 0;
        int to = message.length;
        if (tree.parent(v) != ChowLiuTree.NO_PARENT && parentCode(v) >= 0) {
            from = parentCode(v); // the parent is observed, so no other entry is read
            to = from + 1;
        }
        for (int a = from; a < to; a++) {
            message[a] = known >= 0 ? distributions[v][a][known] : dot(distributions[v][a], own);
        }
        return tree.parent(v) == ChowLiuTree.NO_PARENT ? scale + Math.log(message[0]) : scale;
    }

    private static double dot(double[] first, double[] second) {
        double sum = 0;
        for (int k = 0; k < first.length; k++) {
            sum += first[k] * second[k];
        }
        return sum;
    }

    private static double scaleToOne(double[] values) {
        double most = Arrays.stream(values).max().orElse(1);
        for (int k = 0; k < values.length; k++) {
            values[k] /= most;
        }
        return Math.log(most);
    }

    /** Posterior of a variable and its parent, from the root down, added to the counts. */
    private void spread(int v) {
        int parent = tree.parent(v);
        boolean certain = parent == ChowLiuTree.NO_PARENT || codes[parent] >= 0;
        int from = certain ? parentCode(v) : 0;
        int to = certain ? from + 1 : distributions[v].length;
        if (codes[v] < 0) {
            Arrays.fill(posteriors[v], 0);
        }
        for (int a = from; a < to; a++) {
            double weight = certain ? 1 : posteriors[parent][a];
            if (codes[v] >= 0) {
                counts[v][a][codes[v]] += weight;
                continue;
            }
            double factor = weight / messages[v][a];
            for (int k = 0; k < posteriors[v].length && weight > 0; k++) {
                double p = factor * distributions[v][a][k] * evidence[v][k];
                counts[v][a][k] += p;
                posteriors[v][k] += p;
            }
        }
    }

    private double logPrior() {
        double sum = 0;
        for (double[][] cells : distributions) {
            for (double[] row : cells) {
                for (double p : row) {
                    sum += smoothing * Math.log(p);
                }
            }
        }
        return sum;
    }

    /** Log-likelihood of the complete rows, from their counts. */
    private double logLikelihood(double[][][] certain) {
        double sum = 0;
        for (int v = 0; v < certain.length; v++) {
            for (int a = 0; a < certain[v].length; a++) {
                for (int k = 0; k < certain[v][a].length; k++) {
                    sum += (certain[v][a][k] - smoothing) * Math.log(distributions[v][a][k]);
                }
            }
        }
        return sum;
    }

    private static void copy(double[][][] from, double[][][] to) {
        for (int v = 0; v < from.length; v++) {
            for (int a = 0; a < from[v].length; a++) {
                System.arraycopy(from[v][a], 0, to[v][a], 0, from[v][a].length);
            }
        }
    }
}
