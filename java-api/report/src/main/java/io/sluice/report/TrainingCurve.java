package io.sluice.report;

import io.sluice.learning.TrainingHistory.Epoch;

import org.knowm.xchart.XYChart;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Log-likelihood of the training rows and of the rows held out by epoch.
 *
 * @param epochs at least one, in order, in the units that the chart is to show
 */
public record TrainingCurve(List<Epoch> epochs) {
    private static final int MOST_TICKS = 12;

    /** Takes a copy of the list. */
    public TrainingCurve {
        epochs = List.copyOf(epochs);
    }

    /** Draws the curve. */
    public Chart chart() {
        XYChart chart = Style.lines("epoch", "log-likelihood of a row, in nats");
        line(chart, "training rows", epochs, Epoch::trainLogLikelihood, Style.BLUE);
        List<Epoch> judged =
                epochs.stream().filter(epoch -> epoch.validLogLikelihood().isPresent()).toList();
        if (!judged.isEmpty()) {
            line(
                    chart,
                    "rows held out",
                    judged,
                    epoch -> epoch.validLogLikelihood().orElseThrow(),
                    Style.ORANGE);
        }
        chart.getStyler().setXAxisDecimalPattern("0");
        return Chart.of(chart);
    }

    private static void line(
            XYChart chart,
            String name,
            List<Epoch> epochs,
            ToDoubleFunction<Epoch> figure,
            Color colour) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (Epoch epoch : epochs) {
            if (x.size() == 1 && epochs.size() > MOST_TICKS) {
                // A point on the line: XChart would put a tick at every point of even distance.
                x.add((2 * x.get(0) + epoch.epoch()) / 3);
                y.add((2 * y.get(0) + figure.applyAsDouble(epoch)) / 3);
            }
            x.add((double) epoch.epoch());
            y.add(figure.applyAsDouble(epoch));
        }
        Style.line(
                chart,
                name,
                x.stream().mapToDouble(Double::doubleValue).toArray(),
                y.stream().mapToDouble(Double::doubleValue).toArray(),
                colour);
    }
}
