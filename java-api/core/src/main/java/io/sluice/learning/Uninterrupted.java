package io.sluice.learning;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Reads and writes files on a thread that may be interrupted. An interrupt closes the channel in
 * use, so it is held back until the task is done, and a task that it cut short runs again.
 */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Reads or writes files; running it twice does no harm. */
    @FunctionalInterface
    interface Task<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /** Runs a task; the thread is interrupted afterwards if it was before or meanwhile. */
    static <T> T run(Task<T> task) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return task.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
