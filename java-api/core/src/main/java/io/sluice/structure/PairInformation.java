package io.sluice.structure;

import java.util.stream.IntStream;

/**
 * Mutual information of one fixed variable with others, from joint counts.
 *
 * <p>Let {@code m_ab = n_ab + smoothing}, let {@code M} be their sum, and {@code f(x) = x log x}.
 * If no cell of the two variables is missing, the information is {@code (sum f(m_ab) - sum f(m_a.)
 * - sum f(m_.b) + f(M)) / M}; {@code f} of a count is looked up, so a pair needs few logarithms.
 * Otherwise it is the information of the {@link JointEstimate} of all rows.
 *
 * <p>Counting reads one byte of each column for a row and increments one of at most 128 x 128
 * counters, which stay in the first-level cache. If one of the two columns mostly has one value
 * (the background of images, the zeros of sparse tables), only its other rows are visited. The
 * counts of the frequent value are the other column's counts minus those of the visited rows.
 *
 * <p>With fewer rows than cells, most of {@code m_ab} is the smoothing alone. Then each row adds
 * what it changes in {@code sum f(m_ab)}, and the other sums, which depend on one column and the
 * number of the other's values, are looked up.
 */
final class PairInformation {
    /** Columns with at most this share of other values list the rows that have them. */
    private static final int SPARSE = 4;

    private final BinnedColumns columns;
    private final double smoothing;
    private final double[] logs; // f of each smoothed count
    private final int[][] counts; // [variable][code], "missing" included
    private final int[] frequent; // most frequent code of each variable
    private final int[][] otherRows; // rows without the most frequent code; empty if there are many
    private final boolean[] sparse;
    private final int shift; // codes of a column need this many bits
    private final double[] gains; // f of one more count, less f of the count
    private final double[][] marginals; // [variable][values of the other]: sum f of its own counts
    private final ThreadLocal<int[]> counters; // zeros between two pairs
    private int fixed;
    private int[] fixedRows = {};

    PairInformation(BinnedColumns columns, double smoothing) {
        this.columns = columns;
        this.smoothing = smoothing;
        int variables = columns.variables();
        int codes = 1;
        for (int v = 0; v < variables; v++) {
            codes = Math.max(codes, columns.codesOf(v));
        }
        shift = Integer.SIZE - Integer.numberOfLeadingZeros(codes - 1);
        logs = new double[columns.rows() + 1];
        for (int n = 0; n < logs.length; n++) {
            logs[n] = timesLog(n + smoothing);
        }
        gains = new double[columns.rows()];
        for (int n = 0; n < gains.length; n++) {
            gains[n] = logs[n + 1] - logs[n];
        }
        counters = ThreadLocal.withInitial(() -> new int[1 << (2 * shift)]);
        counts = new int[variables][codes];
        frequent = new int[variables];
        otherRows = new int[variables][];
        sparse = new boolean[variables];
        for (int v = 0; v < variables; v++) {
            for (byte code : columns.codes()[v]) {
                counts[v][code]++;
            }
            for (int code = 1; code < codes; code++) {
                frequent[v] = counts[v][code] > counts[v][frequent[v]] ? code : frequent[v];
            }
            int others = columns.rows() - counts[v][frequent[v]];
            sparse[v] = others <= columns.rows() / SPARSE;
            otherRows[v] = sparse[v] ? collectOtherRows(v, others) : new int[0];
        }
        marginals = new double[variables][];
        int[] sizes = IntStream.of(columns.bins()).distinct().toArray();
        for (int v = 0; v < variables; v++) {
            marginals[v] = marginals(v, sizes);
        }
    }

    private double[] marginals(int variable, int[] sizes) {
        double[] sums = new double[BinnedColumns.MOST_BINS + 1];
        for (int size : sizes) {
            for (int code = 0; code < columns.bins()[variable]; code++) {
                sums[size] += timesLog(counts[variable][code] + smoothing * size);
            }
        }
        return sums;
    }

    /** Fixes the first variable of the pairs of {@link #with}. */
    void fix(int variable) {
        fixed = variable;
        fixedRows = otherRows[variable];
    }

    /** Information between the fixed variable and another, in nats. May be called concurrently. */
    double with(int variable) {
        int cells = columns.bins()[fixed] * columns.bins()[variable];
        if (!columns.missing() && columns.rows() < cells) {
            return withFewRows(variable, cells);
        }
        int[] joint = new int[1 << (2 * shift)];
        boolean leadByFixed =
                sparse[fixed]
                        && (!sparse[variable] || fixedRows.length <= otherRows[variable].length);
        int lead = leadByFixed || !sparse[variable] ? fixed : variable;
        int other = lead == fixed ? variable : fixed;
        if (sparse[lead]) {
            countSparse(lead, other, joint);
        } else {
            countDense(columns.codes()[lead], columns.codes()[other], joint);
        }
        int leadBins = columns.bins()[lead];
        int otherBins = columns.bins()[other];
        return columns.missing() && anySingle(joint, leadBins, otherBins)
                ? estimatedInformation(joint, leadBins, otherBins)
                : information(joint, leadBins, otherBins);
    }

    private double withFewRows(int variable, int cells) {
        byte[] one = columns.codes()[fixed];
        byte[] other = columns.codes()[variable];
        int[] joint = counters.get();
        double sum = cells * logs[0];
        for (int row = 0; row < one.length; row++) {
            sum += gains[joint[((one[row] << shift) | other[row]) & (joint.length - 1)]++];
        }
        for (int row = 0; row < one.length; row++) {
            joint[((one[row] << shift) | other[row]) & (joint.length - 1)] = 0;
        }
        sum -= marginals[fixed][columns.bins()[variable]];
        sum -= marginals[variable][columns.bins()[fixed]];
        double total = one.length + smoothing * cells;
        return (sum + timesLog(total)) / total;
    }

    /** Whether a row observes one of the variables alone. */
    private boolean anySingle(int[] joint, int leadBins, int otherBins) {
        for (int a = 0; a < leadBins; a++) {
            if (joint[(a << shift) | otherBins] > 0) {
                return true;
            }
        }
        for (int b = 0; b < otherBins; b++) {
            if (joint[(leadBins << shift) | b] > 0) {
                return true;
            }
        }
        return false;
    }

    private double estimatedInformation(int[] joint, int leadBins, int otherBins) {
        double[][] cells = new double[leadBins][otherBins];
        double[] leadAlone = new double[leadBins];
        double[] otherAlone = new double[otherBins];
        for (int a = 0; a < leadBins; a++) {
            leadAlone[a] = joint[(a << shift) | otherBins];
            for (int b = 0; b < otherBins; b++) {
                cells[a][b] = joint[(a << shift) | b];
            }
        }
        for (int b = 0; b < otherBins; b++) {
            otherAlone[b] = joint[(leadBins << shift) | b];
        }
        double[][] estimate = JointEstimate.of(cells, leadAlone, otherAlone, smoothing);
        double sum = 0;
        double[] otherTotals = new double[otherBins];
        for (double[] row : estimate) {
            double rowTotal = 0;
            for (int b = 0; b < otherBins; b++) {
                sum += timesLog(row[b]);
                rowTotal += row[b];
                otherTotals[b] += row[b];
            }
            sum -= timesLog(rowTotal);
        }
        for (double otherTotal : otherTotals) {
            sum -= timesLog(otherTotal);
        }
        return Math.max(0, sum);
    }

    private void countDense(byte[] lead, byte[] other, int[] joint) {
        // two sets of counters: consecutive rows that increment the same counter do not wait
        int[] even = new int[joint.length];
        int last = lead.length - lead.length % 2;
        for (int row = 0; row < last; row += 2) {
            even[((lead[row] << shift) | other[row]) & (even.length - 1)]++;
            joint[((lead[row + 1] << shift) | other[row + 1]) & (joint.length - 1)]++;
        }
        if (last < lead.length) {
            joint[(lead[last] << shift) | other[last]]++;
        }
        for (int cell = 0; cell < joint.length; cell++) {
            joint[cell] += even[cell];
        }
    }

    private void countSparse(int lead, int other, int[] joint) {
        byte[] leadCodes = columns.codes()[lead];
        byte[] otherCodes = columns.codes()[other];
        for (int row : otherRows[lead]) {
            joint[((leadCodes[row] << shift) | otherCodes[row]) & (joint.length - 1)]++;
        }
        int rest = frequent[lead] << shift;
        int leadEnd = columns.codesOf(lead);
        int otherEnd = columns.codesOf(other);
        for (int b = 0; b < otherEnd; b++) {
            int left = counts[other][b];
            for (int a = 0; a < leadEnd; a++) {
                left -= joint[(a << shift) | b]; // the frequent value's own counters are still 0
            }
            joint[rest | b] = left;
        }
    }

    private double information(int[] joint, int leadBins, int otherBins) {
        double sum = 0;
        double total = 0;
        double[] otherTotals = new double[otherBins];
        for (int a = 0; a < leadBins; a++) {
            double rowTotal = 0;
            for (int b = 0; b < otherBins; b++) {
                int n = joint[(a << shift) | b];
                sum += logs[n];
                rowTotal += n + smoothing;
                otherTotals[b] += n + smoothing;
            }
            sum -= timesLog(rowTotal);
            total += rowTotal;
        }
        for (double otherTotal : otherTotals) {
            sum -= timesLog(otherTotal);
        }
        return total > 0 ? (sum + timesLog(total)) / total : 0;
    }

    private int[] collectOtherRows(int variable, int count) {
        int[] rows = new int[count];
        byte[] codes = columns.codes()[variable];
        int filled = 0;
        for (int row = 0; row < codes.length; row++) {
            if (codes[row] != frequent[variable]) {
                rows[filled++] = row;
            }
        }
        return rows;
    }

    private static double timesLog(double x) {
        return x > 0 ? x * Math.log(x) : 0;
    }
}
