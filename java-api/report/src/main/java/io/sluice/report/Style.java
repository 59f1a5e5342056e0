package io.sluice.report;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;

/** How all charts look: large type, few lines, colours that the colour-blind can tell apart. */
final class Style {
    static final int WIDTH = 640;
    static final int HEIGHT = 360;

    static final Color BLUE = new Color(0x33, 0x66, 0xAA);
    static final Color ORANGE = new Color(0xE0, 0x7B, 0x20);
    static final Color GREEN = new Color(0x22, 0x8B, 0x66);
    static final Color GREY = new Color(0x99, 0x99, 0x99);

    private static final int SMALL = 13;
    private static final int LEGEND_PADDING = 14;
    private static final int PLAIN = 14;
    private static final int LONGEST_LABEL = 18;
    private static final float THICK = 2.2f;

    /** Letters on the axis that fit side by side. */
    private static final int FLAT_LETTERS = 56;

    private static final int SLANT = 40;
    private static final int ROOM_OF_SLANTED = 90;

    private Style() {}

    /** A chart of lines, without lines yet. */
    static XYChart lines(String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        apply(chart.getStyler());
        return chart;
    }

    /** Adds a line to a chart. */
    static void line(XYChart chart, String name, double[] x, double[] y, Color colour) {
        chart.addSeries(name, x, y)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(colour)
                .setLineStyle(new BasicStroke(THICK));
    }

    /** A chart of bars that stand on labels, without bars yet. */
    static CategoryChart bars(String x, String y, List<String> labels) {
        int letters = labels.stream().mapToInt(label -> label.length() + 2).sum();
        boolean slanted = letters > FLAT_LETTERS;
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(WIDTH)
                        .height(slanted ? HEIGHT + ROOM_OF_SLANTED : HEIGHT)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        apply(chart.getStyler());
        chart.getStyler().setAvailableSpaceFill(0.8);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        if (slanted) {
            chart.getStyler().setXAxisLabelRotation(SLANT);
        }
        return chart;
    }

    private static void apply(AxesChartStyler styler) {
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, PLAIN));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL));
        styler.setLocale(Locale.ROOT);
        styler.setChartTitleVisible(false);
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, PLAIN));
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPadding(LEGEND_PADDING);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(new Color(0xDD, 0xDD, 0xDD));
    }

    /** A label that is short enough for an axis. */
    static String shortened(String label) {
        return label.length() <= LONGEST_LABEL
                ? label
                : label.substring(0, LONGEST_LABEL - 1) + "\u2026";
    }
}
