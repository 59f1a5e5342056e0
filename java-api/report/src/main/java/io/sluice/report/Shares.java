package io.sluice.report;

import io.sluice.data.Quantity;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;

/** Draws shares of the parts of one axis: bars for categories, outlines for numbers. */
final class Shares {
    private static final Color[] COLOURS = {Style.BLUE, Style.ORANGE, Style.GREEN, Style.GREY};
    private static final String PERCENT = "%";
    private static final int TRANSPARENCY = 90;
    private static final double LONG = 1e9;
    private static final double SHORT = 0.05;
    private static final float THICK = 2.2f;

    private Shares() {}

    /**
     * Draws the shares.
     *
     * @param names of the groups of rows, at most four
     * @param shares {@code [group][part]}
     */
    static Chart chart(ColumnAxis axis, String title, List<String> names, double[][] shares) {
        return axis.isNumber()
                ? outlines(axis, title, names, shares)
                : bars(axis, title, names, shares);
    }

    private static Chart bars(
            ColumnAxis axis, String title, List<String> names, double[][] shares) {
        CategoryChart chart = Style.bars(title, PERCENT, axis.labels());
        for (int k = 0; k < shares.length; k++) {
            CategorySeries series = chart.addSeries(names.get(k), axis.labels(), boxed(shares[k]));
            series.setFillColor(COLOURS[k]);
        }
        chart.getStyler().setYAxisMin(0.0);
        return Chart.of(chart);
    }

    private static List<Double> boxed(double[] shares) {
        return Arrays.stream(shares).map(share -> 100 * share).boxed().toList();
    }

    private static Chart outlines(
            ColumnAxis axis, String title, List<String> names, double[][] shares) {
        XYChart chart = Style.lines(title, PERCENT);
        double[] edges = axis.edges();
        for (int k = 0; k < shares.length; k++) {
            double[] x = new double[2 * edges.length + 1];
            double[] y = new double[x.length];
            // A point inside the first interval: XChart would put ticks at points of even distance.
            x[0] = edges[0];
            x[1] = edges[0];
            x[2] = edges[0] + (edges[1] - edges[0]) / 3;
            y[1] = 100 * shares[k][0];
            y[2] = y[1];
            for (int e = 1; e < edges.length; e++) {
                x[2 * e + 1] = edges[e];
                x[2 * e + 2] = edges[e];
                y[2 * e + 1] = 100 * shares[k][e - 1];
                y[2 * e + 2] = e == edges.length - 1 ? 0 : 100 * shares[k][e];
            }
            XYSeries series = chart.addSeries(names.get(k), x, y);
            Color colour = COLOURS[k];
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(colour);
            series.setLineStyle(new BasicStroke(THICK));
            if (k == 0) {
                series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
                series.setFillColor(
                        new Color(
                                colour.getRed(),
                                colour.getGreen(),
                                colour.getBlue(),
                                TRANSPARENCY));
            }
        }
        chart.getStyler().setYAxisMin(0.0);
        Quantity calendar = axis.calendar();
        if (calendar != null) {
            chart.setCustomXAxisTickLabelsFormatter(calendar::text);
        } else if (isPlain(edges)) {
            chart.getStyler().setXAxisDecimalPattern("#,##0.###");
        }
        return Chart.of(chart);
    }

    /** Whether thousandths tell the numbers apart, and none is very long. */
    private static boolean isPlain(double[] edges) {
        double last = edges[edges.length - 1];
        double size = Math.max(Math.abs(edges[0]), Math.abs(last));
        return size < LONG && last - edges[0] > SHORT;
    }
}
