package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Learns a {@link ChowLiuTree}: mutual information of pairs of variables from joint counts, then
 * the maximum spanning tree by Prim's algorithm.
 *
 * <p>The joint distribution of a pair is estimated as {@code (n_ab + smoothing) / (N + smoothing A
 * B)}, where {@code A} and {@code B} are the numbers of values, or bins, of the two. Rows that
 * observe one of the two count, too: expectation-maximisation distributes them over the cells. Uses
 * all processors of the JVM's common pool; the result does not depend on how many there are.
 *
 * <p>Prim's algorithm needs the information between the variable that joined last and those outside
 * the tree. It counts these pairs at that time. So each pair is counted once, and memory is one
 * byte per cell.
 */
public final class ChowLiuTreeBuilder {
    private static final int DEFAULT_BINS = 32;
    private static final double DEFAULT_SMOOTHING = 1;

    /**
     * Default bound on pairs times rows: all rows of MNIST. On two cores of a 2.5 GHz server they
     * take 2 s (mostly one value per column) to 6 s (dense columns).
     */
    private static final long DEFAULT_PAIR_ROWS = 20_000_000_000L;

    private static final long DEFAULT_LEAST_ROWS = 4096;
    private static final long DEFAULT_MOST_ROWS = 500_000;

    /** With fewer pairs times rows at a time, threads cost more than they save. */
    private static final long WORTH_THREADS = 1 << 17;

    private final Dataset data;
    private int bins = DEFAULT_BINS;
    private double smoothing = DEFAULT_SMOOTHING;
    private int maximumRows;

    ChowLiuTreeBuilder(Dataset data) {
        if (data.rows() == 0) {
            throw new InvalidArgumentException(
                    "a tree cannot be learned from no rows: give at least one");
        }
        this.data = data;
        long pairs = Math.max(1, (long) data.variables() * (data.variables() - 1) / 2);
        this.maximumRows =
                (int) Math.clamp(DEFAULT_PAIR_ROWS / pairs, DEFAULT_LEAST_ROWS, DEFAULT_MOST_ROWS);
    }

    /**
     * How many values of a variable are distinguished, 2 to 64, by default 32. Variables with more
     * values, and continuous ones, are divided into about this many bins with about equally many
     * rows. In a column with labels, the most frequent labels are distinguished and the others
     * share a bin.
     */
    public ChowLiuTreeBuilder bins(int bins) {
        if (bins < 2 || bins > BinnedColumns.MOST_BINS) {
            throw new InvalidArgumentException(
                    bins + " bins: give 2 to " + BinnedColumns.MOST_BINS);
        }
        this.bins = bins;
        return this;
    }

    /** Number added to every joint count, at least 0, by default 1 (Laplace). */
    public ChowLiuTreeBuilder smoothing(double smoothing) {
        if (!(smoothing >= 0) || Double.isInfinite(smoothing)) {
            throw new InvalidArgumentException(
                    "a smoothing of " + smoothing + ": give a finite number, at least 0");
        }
        this.smoothing = smoothing;
        return this;
    }

    /**
     * How many rows are counted, at least 1; of a longer data set, evenly spaced ones. By default
     * so many that rows times pairs of variables is 2e10, but at least 4096 and at most 500,000:
     * 65,000 for 784 variables, 4240 for 3072.
     */
    public ChowLiuTreeBuilder maximumRows(int maximumRows) {
        if (maximumRows < 1) {
            throw new InvalidArgumentException(
                    "at most " + maximumRows + " rows cannot make a tree: give at least 1");
        }
        this.maximumRows = maximumRows;
        return this;
    }

    /** Learns the tree. */
    public ChowLiuTree build() {
        BinnedColumns columns = BinnedColumns.of(data, bins, maximumRows);
        int variables = columns.variables();
        PairInformation pairs = new PairInformation(columns, smoothing);

        int[] nearest =
                new int[variables]; // the tree's variable with the most information about it
        double[] information = new double[variables];
        boolean[] inTree = new boolean[variables];
        Arrays.fill(nearest, ChowLiuTree.NO_PARENT);
        Arrays.fill(information, Double.NEGATIVE_INFINITY);
        int joined = 0;
        for (int size = 1; size < variables; size++) {
            inTree[joined] = true;
            int last = joined;
            pairs.fix(last);
            IntStream outside = IntStream.range(0, variables).filter(v -> !inTree[v]);
            boolean parallel = (long) (variables - size) * columns.rows() > WORTH_THREADS;
            (parallel ? outside.parallel() : outside)
                    .forEach(
                            v -> {
                                double bits = pairs.with(v);
                                if (bits > information[v]) {
                                    information[v] = bits;
                                    nearest[v] = last;
                                }
                            });
            joined = -1;
            for (int v = 0; v < variables; v++) {
                if (!inTree[v] && (joined < 0 || information[v] > information[joined])) {
                    joined = v;
                }
            }
        }
        return rootedAtCentre(nearest, information);
    }

    /**
     * Makes the centre, which is the middle of the longest path, the root.
     *
     * @param neighbours for each variable but one, the other end of its edge
     */
    private static ChowLiuTree rootedAtCentre(int[] neighbours, double[] information) {
        ChowLiuTree tree = new ChowLiuTree(neighbours, information);
        int[] order = tree.order();
        int oneEnd = order[order.length - 1]; // a deepest leaf ends a longest path
        ChowLiuTree fromEnd = tree.rootedAt(oneEnd);
        int[] fromEndOrder = fromEnd.order();
        int centre = fromEndOrder[fromEndOrder.length - 1];
        for (int i = 0; i < fromEnd.depth() / 2; i++) {
            centre = fromEnd.parent(centre);
        }
        return tree.rootedAt(centre);
    }
}
