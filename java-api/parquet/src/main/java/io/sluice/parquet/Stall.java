package io.sluice.parquet;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Interrupts a thread that waits too long inside a call. Hardwood decodes pages on threads of its
 * own; a damaged page can end one of them, and its reader would wait for ever.
 */
final class Stall implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int CHECKS = 10;

    private final Thread watched = Thread.currentThread();
    private final long nanos;
    private final Thread watcher;
    private volatile long deadline = NEVER;
    private volatile boolean happened;
    private volatile boolean closed;

    /** Watches the current thread. */
    Stall(long millis) {
        nanos = millis * 1_000_000;
        watcher = Thread.ofVirtual().unstarted(() -> watch(Math.max(1, millis / CHECKS)));
        watcher.start();
    }

    private void watch(long pause) {
        while (!closed) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return; // closed
            }
            if (deadline != NEVER && System.nanoTime() - deadline > 0) {
                deadline = NEVER;
                happened = true;
                watched.interrupt();
            }
        }
    }

    /** A call of the library. */
    @FunctionalInterface
    interface Call<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** Runs a call, which is interrupted when it takes too long. */
    <T extends @Nullable Object> T during(Call<T> call) throws IOException {
        deadline = System.nanoTime() + nanos;
        try {
            return call.run();
        } finally {
            deadline = NEVER;
        }
    }

    /** Whether a call was interrupted; the thread no longer is. */
    boolean happened() {
        return happened && (Thread.interrupted() || happened);
    }

    @Override
    public void close() {
        closed = true;
        watcher.interrupt();
    }
}
