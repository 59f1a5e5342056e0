package io.sluice.report;

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
    private static final int TRANSPARENCY = 90;
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
        CategoryChart chart = Style.bars(title, "% of rows", axis.labels());
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
        XYChart chart = Style.lines(title, "% of rows");
        double[] edges = axis.edges();
        for (int k = 0; k < shares.length; k++) {
            double[] x = new double[2 * edges.length];
            double[] y = new double[x.length];
            for (int e = 0; e < edges.length; e++) {
                x[2 * e] = edges[e];
                x[2 * e + 1] = edges[e];
                y[2 * e] = e == 0 ? 0 : 100 * shares[k][e - 1];
                y[2 * e + 1] = e == edges.length - 1 ? 0 : 100 * shares[k][e];
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
        chart.setCustomXAxisTickLabelsFormatter(axis::text);
        return Chart.of(chart);
    }
}
