package io.sluice.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

import org.jspecify.annotations.Nullable;

/** A progress bar on stderr, or nothing at all. */
final class Progress implements AutoCloseable {
    private static final int UPDATE_MILLISECONDS = 200;

    private final @Nullable ProgressBar bar;

    private final StopRequest stop;

    private Progress(@Nullable ProgressBar bar, StopRequest stop) {
        this.bar = bar;
        this.stop = stop;
    }

    static Progress start(
            Terminal terminal, boolean visible, String task, long steps, StopRequest stop) {
        if (!visible) {
            return new Progress(null, stop);
        }
        return new Progress(
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(steps)
                        .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                        .setRenderer(new BarText())
                        // A given width keeps the library from opening the terminal itself.
                        .setConsumer(
                                new ConsoleProgressBarConsumer(
                                        terminal.err(), TerminalWidth.columns()))
                        .build(),
                stop);
    }

    /**
     * Goes on.
     *
     * @throws StoppedException if the command is to end
     */
    void step(long steps) {
        stop.check();
        if (bar != null) {
            bar.stepBy(steps);
        }
    }

    void stepTo(long step) {
        if (bar != null) {
            bar.stepTo(step);
        }
    }

    /** Shows something behind the bar. */
    void say(String text) {
        if (bar != null) {
            bar.setExtraMessage(text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
