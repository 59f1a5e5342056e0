package io.sluice.report;

import io.sluice.data.Dataset;

import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How much each pair of columns says about each other: their mutual information, divided by the
 * smaller of their entropies, 0 for independent columns and 1 where one decides the other. Numbers
 * count by intervals, and a missing cell is a value.
 *
 * @param columns names of the columns
 * @param strength {@code [column][column]}, symmetric, 1 on the diagonal
 */
public record Dependence(List<String> columns, double[][] strength) {
    private static final int MOST_COLUMNS = 18;
    private static final int MOST_ROWS = 10_000;
    private static final int QUANTILES = 8;
    private static final int CELL = 30;
    private static final int MARGIN = 190;
    private static final int SMALL = 12;

    /** Light enough for black numbers. */
    private static final Color[] COLOURS = {
        Color.WHITE, new Color(0xCF, 0xE1, 0xF2), new Color(0x86, 0xB4, 0xDE)
    };

    /**
     * Measures two tables with the same columns in the same way.
     *
     * @param real rows that choose the intervals and, of many columns, those with the strongest
     *     dependence
     * @param drawn rows to compare with
     */
    public static List<Dependence> of(Dataset real, Dataset drawn) {
        int rows = (int) Math.min(Math.min(real.rows(), drawn.rows()), MOST_ROWS);
        int[][] realParts = new int[real.variables()][];
        int[][] drawnParts = new int[real.variables()][];
        List<String> names = new ArrayList<>();
        for (int v = 0; v < realParts.length; v++) {
            names.add(real.schema().column(v).name());
            ColumnAxis axis = ColumnAxis.of(real, v);
            double[] cuts = axis.isNumber() ? cuts(real, v, rows) : new double[0];
            realParts[v] = parts(real, v, axis, cuts, rows);
            drawnParts[v] = parts(drawn, v, axis, cuts, rows);
        }
        Dependence all = new Dependence(names, strengths(realParts));
        int[] chosen = all.strongest();
        return List.of(all.only(chosen), new Dependence(names, strengths(drawnParts)).only(chosen));
    }

    private static double[] cuts(Dataset real, int variable, int rows) {
        double[] sorted =
                IntStream.range(0, rows)
                        .filter(row -> !real.isMissing(row, variable))
                        .mapToDouble(row -> real.value(row, variable))
                        .sorted()
                        .toArray();
        return IntStream.range(1, QUANTILES)
                .mapToDouble(
                        k ->
                                sorted.length == 0
                                        ? 0
                                        : sorted[(int) ((long) k * sorted.length / QUANTILES)])
                .distinct()
                .toArray();
    }

    private static int[] parts(
            Dataset rows, int variable, ColumnAxis axis, double[] cuts, int count) {
        int[] parts = new int[count];
        for (int row = 0; row < count; row++) {
            if (!rows.isMissing(row, variable)) {
                double cell = rows.value(row, variable);
                parts[row] =
                        1
                                + (axis.isNumber()
                                        ? (int) Arrays.stream(cuts).filter(c -> c <= cell).count()
                                        : axis.part(cell));
            }
        }
        return parts;
    }

    private static double[][] strengths(int[][] parts) {
        double[][] strengths = new double[parts.length][parts.length];
        double[] entropies = Arrays.stream(parts).mapToDouble(p -> entropy(p, p)).toArray();
        IntStream.range(0, parts.length)
                .parallel()
                .forEach(
                        a -> {
                            for (int b = 0; b < parts.length; b++) {
                                double shared =
                                        entropies[a] + entropies[b] - entropy(parts[a], parts[b]);
                                double most = Math.min(entropies[a], entropies[b]);
                                double strength = most > 0 ? shared / most : 0;
                                strengths[a][b] = a == b ? 1 : Math.min(1, Math.max(0, strength));
                            }
                        });
        return strengths;
    }

    /** Entropy of two columns together. */
    private static double entropy(int[] a, int[] b) {
        int width = 1 + Arrays.stream(b).max().orElse(0);
        int[] counts = new int[width * (1 + Arrays.stream(a).max().orElse(0))];
        for (int row = 0; row < a.length; row++) {
            counts[a[row] * width + b[row]]++;
        }
        double sum = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / a.length;
                sum -= share * Math.log(share);
            }
        }
        return sum;
    }

    private int[] strongest() {
        return IntStream.range(0, columns.size())
                .boxed()
                .sorted(Comparator.comparingDouble(v -> -total(v)))
                .limit(MOST_COLUMNS)
                .sorted()
                .mapToInt(v -> v)
                .toArray();
    }

    private double total(int column) {
        return Arrays.stream(strength[column]).sum();
    }

    private Dependence only(int[] chosen) {
        double[][] some =
                Arrays.stream(chosen)
                        .mapToObj(
                                a ->
                                        Arrays.stream(chosen)
                                                .mapToDouble(b -> strength[a][b])
                                                .toArray())
                        .toArray(double[][]::new);
        return new Dependence(Arrays.stream(chosen).mapToObj(columns::get).toList(), some);
    }

    /** The pair of different columns with the strongest dependence, as positions. */
    int[] strongestPair() {
        int[] best = {0, columns.size() - 1};
        for (int a = 0; a < columns.size(); a++) {
            for (int b = a + 1; b < columns.size(); b++) {
                best = strength[a][b] > strength[best[0]][best[1]] ? new int[] {a, b} : best;
            }
        }
        return best;
    }

    /** Draws a heat map in per cent. */
    public Chart chart() {
        int count = columns.size();
        HeatMapChart chart =
                new HeatMapChartBuilder()
                        .width(MARGIN + count * CELL)
                        .height(MARGIN + count * CELL)
                        .build();
        List<String> labels = new ArrayList<>();
        columns.forEach(name -> labels.add(label(name, labels)));
        List<Number[]> cells = new ArrayList<>();
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < count; b++) {
                cells.add(new Number[] {a, b, Math.round(100 * strength[a][b])});
            }
        }
        chart.addSeries("dependence", labels, labels, cells);
        var styler = chart.getStyler();
        styler.setChartTitleVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLocale(Locale.ROOT);
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL));
        styler.setLegendVisible(false);
        styler.setValueFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL - 1));
        styler.setShowValue(true);
        styler.setRangeColors(COLOURS);
        styler.setMin(0);
        styler.setMax(100);
        styler.setXAxisLabelRotation(90);
        return Chart.of(chart);
    }

    private static String label(String name, List<String> taken) {
        String label = Style.shortened(name);
        return taken.contains(label) ? label + " " + taken.size() : label;
    }
}
