package io.sluice.runtime;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Admits one thread at a time to an engine, in the order in which they come, and none after it was
 * closed. A query therefore waits for one batch of a training that runs, and the training goes on.
 */
final class EngineGuard {
    private final ReentrantLock lock = new ReentrantLock(true); // a training never starves a query
    private final Runnable entering;
    private boolean closed;

    /**
     * @param entering runs before each admitted call, and before the release
     */
    EngineGuard(Runnable entering) {
        this.entering = entering;
    }

    /**
     * Runs a call, once those of other threads have returned.
     *
     * @throws IllegalStateException when the engine is closed
     */
    <T> T run(Supplier<T> call) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("this engine is closed: compile the circuit again");
            }
            entering.run();
            return call.get();
        } finally {
            lock.unlock();
        }
    }

    /** {@link #run} for a call without a result. */
    void perform(Runnable call) {
        run(
                () -> {
                    call.run();
                    return true;
                });
    }

    /** Waits for a running call, then runs {@code release} unless it ran before. */
    void close(Runnable release) {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                entering.run();
                release.run();
            }
        } finally {
            lock.unlock();
        }
    }
}
