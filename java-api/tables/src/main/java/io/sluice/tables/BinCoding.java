package io.sluice.tables;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Quantity;
import io.sluice.data.format.NumberCoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the range of a column into bins, so that its numbers are a categorical variable whatever
 * their distribution.
 *
 * <p>A recorded number is the interval of one resolution around it. A number that many rows have (a
 * zero, a ceiling, an age) is a bin of its own, which is one resolution wide. The others share bins
 * of about as many rows each. Numbers below the smallest and above the largest have two bins of
 * their own, each as wide as the whole range, which are never drawn from: they are improbable, and
 * the more so the narrower the column.
 */
public final class BinCoding implements NumberCoding {
    /** With two tails, categories fit a byte. */
    private static final int MOST_BINS = 254;

    private static final int FEWEST_BINS = 8;
    private static final double BINS_AT_ONE_ROW = 2;
    private static final double EXPONENT = 0.4;

    /** A number that fewer rows have shares its bin. */
    private static final int FEWEST_ROWS_OF_A_NUMBER = 10;

    /** Numbers that are closer than the spread over this count as one: rounding, mostly. */
    private static final double MOST_STEPS = 1e6;

    /** Share of the rows on either side that the spread leaves out. */
    private static final double TAIL = 0.01;

    private static final double LEAST_SHARE_OF_A_NUMBER = 5e-4;

    @Override
    public BinnedNumbers code(String column, Quantity quantity, double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        double step = step(sorted, quantity.resolution());
        double half = step / 2;
        double[] snapped = snapped(sorted, step);
        List<Bin> bins = new ArrayList<>();
        double low = snapped[0];
        double high = snapped[snapped.length - 1];
        double range = Math.max(high - low, quantity.resolution()) + 2 * half;
        double lowest = sorted[0];
        double highest = sorted[sorted.length - 1];
        bins.add(new Bin(low - half - range, low - half, lowest, lowest, lowest));
        cut(sorted, snapped, half, bins);
        bins.add(new Bin(high + half, high + half + range, highest, highest, highest));
        return new BinnedNumbers(quantity, bins);
    }

    /**
     * The numbers on a grid of steps, so that those closer than a step are equal. A few numbers of
     * a column may have more decimals than its resolution.
     */
    private static double[] snapped(double[] sorted, double step) {
        double low = sorted[0];
        return Arrays.stream(sorted)
                .map(number -> low + step * Math.floor((number - low) / step + 0.5))
                .toArray();
    }

    /** How wide the bin of a single number is. */
    private static double step(double[] sorted, double resolution) {
        int rows = sorted.length;
        double spread = sorted[(int) (rows * (1 - TAIL))] - sorted[(int) (rows * TAIL)];
        double least = Math.ulp(Math.max(Math.abs(sorted[0]), Math.abs(sorted[rows - 1])));
        return Math.max(Math.max(resolution, 2 * least), spread / MOST_STEPS);
    }

    /** How many bins a column of so many rows has. */
    private static int bins(int rows) {
        double many = BINS_AT_ONE_ROW * Math.pow(rows, EXPONENT);
        return (int) Math.min(MOST_BINS, Math.max(FEWEST_BINS, Math.round(many)));
    }

    /**
     * Adds the bins between the tails.
     *
     * @param numbers sorted
     * @param snapped the same on the grid of steps: equal ones share a bin
     * @param half half a step
     */
    private static void cut(double[] numbers, double[] snapped, double half, List<Bin> bins) {
        int rows = snapped.length;
        int wanted = bins(rows);
        boolean[] alone = own(snapped, wanted);
        double share = (double) rows / wanted;
        int from = 0;
        double edge = snapped[0] - half;
        while (from < rows) {
            int to = end(snapped, from);
            // whole numbers, until the bin has its share or the next number has its own bin
            while (!alone[from] && to < rows && !alone[to] && end(snapped, to) - from <= share) {
                to = end(snapped, to);
            }
            double start = snapped[from] - half;
            if (alone[from] && start > edge + half) { // a gap that no row falls into
                addGap(bins, edge, start, half);
                edge = start;
            }
            double last = snapped[to - 1];
            boolean shared = to < rows && !alone[to] && !alone[from];
            double end = shared ? (last + snapped[to]) / 2 : last + half;
            bins.add(new Bin(edge, end, numbers[from], numbers[to - 1], mean(numbers, from, to)));
            edge = end;
            from = to;
        }
    }

    private static void addGap(List<Bin> bins, double from, double to, double half) {
        bins.add(new Bin(from, to, from + half, to - half, (from + to) / 2));
    }

    private static double mean(double[] sorted, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += sorted[i] - sorted[from];
        }
        return sorted[from] + sum / (to - from);
    }

    /** The index after the last number that equals the one at an index. */
    private static int end(double[] sorted, int from) {
        int to = from + 1;
        while (to < sorted.length && sorted[to] == sorted[from]) {
            to++;
        }
        return to;
    }

    /** Which numbers have bins of their own. */
    private static boolean[] own(double[] sorted, int wanted) {
        int rows = sorted.length;
        int fewest =
                (int)
                        Math.max(
                                Math.min(
                                        FEWEST_ROWS_OF_A_NUMBER, Math.ceil((double) rows / wanted)),
                                Math.ceil(LEAST_SHARE_OF_A_NUMBER * rows));
        List<Integer> counts = new ArrayList<>();
        for (int from = 0; from < rows; from = end(sorted, from)) {
            int count = end(sorted, from) - from;
            if (count >= fewest) {
                counts.add(count);
            }
        }
        int most = MOST_BINS / 4; // each may bring a gap, and others share bins
        if (counts.size() > most) {
            counts.sort(null);
            fewest = counts.get(counts.size() - most);
        }
        boolean[] own = new boolean[rows];
        for (int from = 0; from < rows; ) {
            int to = end(sorted, from);
            Arrays.fill(own, from, to, to - from >= fewest);
            from = to;
        }
        return own;
    }
}
