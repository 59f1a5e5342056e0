package io.sluice.report;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.ScaledNumbers;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a model expects of one column, given some cells of a row. */
public final class ConditionalDensity {
    private final Column column;
    private final ColumnAxis axis;
    private final List<String> given;
    private final double[][] shares;

    private ConditionalDensity(
            Column column, ColumnAxis axis, List<String> given, double[][] shares) {
        this.column = column;
        this.axis = axis;
        this.given = given;
        this.shares = shares;
    }

    /**
     * Asks a model.
     *
     * @param real rows that choose the axis, in the user's units, with the columns of the model
     * @param evidence one to four possible rows under the model's schema, which lack the column's
     *     cell
     * @param given says what each row gives
     */
    public static ConditionalDensity of(
            Engine engine, Dataset real, int variable, Dataset evidence, List<String> given) {
        Column column = evidence.schema().column(variable);
        ColumnAxis axis = ColumnAxis.of(real, variable);
        Conditionals found = engine.conditionals(evidence);
        List<double[]> shares = new ArrayList<>();
        for (int cell = 0; cell < found.cells(); cell++) {
            if (found.variable(cell) == variable) {
                shares.add(shares(found, cell, column, axis));
            }
        }
        return new ConditionalDensity(
                column, axis, List.copyOf(given), shares.toArray(double[][]::new));
    }

    private static double[] shares(Conditionals found, int cell, Column column, ColumnAxis axis) {
        double[] shares = new double[axis.parts()];
        if (!found.finite(cell)) {
            double below = 0;
            for (int k = 0; k < shares.length; k++) {
                double to = axis.edges()[k + 1];
                double stored =
                        column.numbers() instanceof ScaledNumbers scaled
                                ? (to - scaled.offset()) / scaled.scale()
                                : to;
                double all = k == shares.length - 1 ? 1 : found.cumulative(cell, stored);
                shares[k] = all - below;
                below = all;
            }
            return shares;
        }
        double[] probabilities = found.probabilities(cell);
        for (int code = 0; code < column.categories(); code++) {
            if (column.numbers() instanceof BinnedNumbers binned) {
                spread(shares, axis, binned.bins().get(code), probabilities[code]);
            } else {
                shares[axis.part(code)] += probabilities[code];
            }
        }
        return shares;
    }

    /** Numbers of a bin are equally probable. */
    private static void spread(double[] shares, ColumnAxis axis, Bin bin, double probability) {
        double[] edges = axis.edges();
        double width = bin.highest() - bin.lowest();
        int first = axis.partOf(bin.lowest());
        int last = axis.partOf(bin.highest());
        if (first == last || !(width > 0)) {
            shares[first] += probability;
            return;
        }
        for (int k = first; k <= last; k++) {
            double from = k == first ? bin.lowest() : edges[k];
            double to = k == last ? bin.highest() : edges[k + 1];
            shares[k] += probability * (to - from) / width;
        }
    }

    /** What each row of evidence gives. */
    public List<String> given() {
        return given;
    }

    /** Names of the categories, of which the last may stand for the rest; empty for numbers. */
    public List<String> labels() {
        return axis.labels();
    }

    /** The probability of each category or interval, {@code [row of evidence][part]}. */
    public double[][] probabilities() {
        return IntStream.range(0, shares.length)
                .mapToObj(k -> Arrays.copyOf(shares[k], shares[k].length))
                .toArray(double[][]::new);
    }

    /** Draws the distributions. */
    public Chart chart() {
        return Shares.chart(axis, column.name(), given, shares);
    }
}
