package io.sluice.report;

import io.sluice.learning.TrainingHistory.Epoch;

import org.knowm.xchart.XYChart;

import java.util.List;

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
        Style.line(
                chart,
                "training rows",
                epochs.stream().mapToDouble(Epoch::epoch).toArray(),
                epochs.stream().mapToDouble(Epoch::trainLogLikelihood).toArray(),
                Style.BLUE);
        List<Epoch> judged =
                epochs.stream().filter(epoch -> epoch.validLogLikelihood().isPresent()).toList();
        if (!judged.isEmpty()) {
            Style.line(
                    chart,
                    "rows held out",
                    judged.stream().mapToDouble(Epoch::epoch).toArray(),
                    judged.stream()
                            .mapToDouble(epoch -> epoch.validLogLikelihood().orElseThrow())
                            .toArray(),
                    Style.ORANGE);
        }
        chart.getStyler().setXAxisDecimalPattern("0");
        chart.getStyler().setXAxisMaxLabelCount(Math.min(epochs.size(), MOST_TICKS));
        return Chart.of(chart);
    }
}
