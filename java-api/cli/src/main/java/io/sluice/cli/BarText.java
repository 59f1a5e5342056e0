package io.sluice.cli;

import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The text of a progress bar. On a narrow terminal it has what matters most: the share that is
 * done, then the time that is left, the rate, what there is to say, and the bar itself.
 */
final class BarText implements ProgressBarRenderer {
    private static final int LEAST_BAR = 7; // with its brackets
    private static final int LONGEST_BAR = 40;
    private static final double SECOND = 1e-3; // of milliseconds

    @Override
    public String render(ProgressState state, int width) {
        String text =
                of(
                        state.getTaskName(),
                        state.getCurrent(),
                        state.getMax(),
                        state.getElapsedAfterStart(),
                        state.getExtraMessage(),
                        width);
        return text + " ".repeat(width - text.length()); // over what was there
    }

    /**
     * The text.
     *
     * @param done steps so far
     * @param message what else there is to say, or empty
     * @param width columns of the terminal
     */
    static String of(
            String task, long done, long steps, Duration elapsed, String message, int width) {
        double share = steps <= 0 ? 1 : Math.min(1, (double) done / steps);
        double seconds = elapsed.toMillis() * SECOND;
        String text = task + String.format(Locale.ROOT, " %3d%%", (long) (100 * share));
        String left =
                share > 0
                        ? time(seconds * (1 - share) / share) + " left"
                        : time(seconds) + " so far";
        String rate = seconds > 0 ? rate(done / seconds) : "";
        for (String part : List.of(left, rate, message.strip())) {
            String longer = text + "  " + part;
            if (!part.isEmpty() && longer.length() <= width) {
                text = longer;
            }
        }
        int room = Math.min(LONGEST_BAR, width - text.length() - 2);
        text = room < LEAST_BAR ? text : text + "  " + bar(share, room);
        return text.length() <= width ? text : text.substring(0, width);
    }

    private static String bar(double share, int length) {
        int full = (int) (share * (length - 2));
        return "[" + "=".repeat(full) + " ".repeat(length - 2 - full) + "]";
    }

    private static String rate(double perSecond) {
        String format = perSecond < 10 ? "%.1f/s" : "%.0f/s";
        return String.format(Locale.ROOT, format, perSecond);
    }

    private static String time(double seconds) {
        long whole = (long) Math.ceil(seconds);
        long hours = whole / 3600;
        long minutes = whole / 60 % 60;
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
    }
}
