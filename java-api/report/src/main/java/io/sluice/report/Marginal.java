package io.sluice.report;

import io.sluice.data.Dataset;

import java.util.List;

/** How the values of one column are spread, among real rows and among drawn ones. */
public final class Marginal {
    private final String column;
    private final ColumnAxis axis;
    private final double[] real;
    private final double[] drawn;

    private Marginal(String column, ColumnAxis axis, double[] real, double[] drawn) {
        this.column = column;
        this.axis = axis;
        this.real = real;
        this.drawn = drawn;
    }

    /**
     * Compares a column of two tables with the same columns, in the user's units.
     *
     * @param real rows that choose the axis
     * @param drawn rows to compare with
     */
    public static Marginal of(Dataset real, Dataset drawn, int variable) {
        ColumnAxis axis = ColumnAxis.of(real, variable);
        return new Marginal(
                real.schema().column(variable).name(),
                axis,
                axis.shares(real, variable),
                axis.shares(drawn, variable));
    }

    /** Name of the column. */
    public String column() {
        return column;
    }

    /** Names of the categories, of which the last may stand for the rest; empty for numbers. */
    public List<String> labels() {
        return axis.labels();
    }

    /** Ends of the intervals of numbers, ascending; empty for categories. */
    public double[] edges() {
        return axis.edges();
    }

    /** The share of real rows with each category, or in each interval. */
    public double[] real() {
        return real.clone();
    }

    /** The same for drawn rows. */
    public double[] drawn() {
        return drawn.clone();
    }

    /** The total variation between the two: 0 when they are alike, 1 when they share nothing. */
    public double distance() {
        double sum = 0;
        for (int k = 0; k < real.length; k++) {
            sum += Math.abs(real[k] - drawn[k]);
        }
        return sum / 2;
    }

    /** Draws both. */
    public Chart chart() {
        return Shares.chart(
                axis, column, List.of("real rows", "drawn rows"), new double[][] {real, drawn});
    }
}
