package io.sluice.runtime;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Admits one call at a time to an engine, in the order of arrival, and none after it was closed.
 * Releases what an engine owns when the engine is closed, or when it was dropped without that.
 */
final class EngineGuard {
    private static final Cleaner CLEANER = Cleaner.create();

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Runnable entering;
    private final Owned owned;
    private final Cleaner.Cleanable release;

    /**
     * Neither callback may refer to the engine or its guard, which would then never be dropped.
     *
     * @param name of the engine, for a warning
     * @param entering runs before each admitted call, and before the release
     * @param release frees what the engine owns; runs once
     */
    EngineGuard(String name, Runnable entering, Runnable release) {
        this.entering = entering;
        owned = new Owned(name, entering, release);
        this.release = CLEANER.register(this, owned);
    }

    /**
     * Runs a call, after those of other threads that came before.
     *
     * @throws IllegalStateException when the engine is closed
     */
    <T> T run(Supplier<T> call) {
        lock.lock();
        try {
            if (owned.closed) {
                throw new IllegalStateException("this engine is closed: compile the circuit again");
            }
            entering.run();
            return call.get();
        } finally {
            lock.unlock();
            Reference.reachabilityFence(this); // a dropped engine is freed, but not during a call
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

    /** Waits for earlier calls, then releases unless that happened before. */
    void close() {
        lock.lock();
        try {
            owned.closed = true;
            release.clean();
        } finally {
            lock.unlock();
        }
    }

    /** What is released once, by {@link #close} or by the cleaner. */
    private static final class Owned implements Runnable {
        private final String name;
        private final Runnable entering;
        private final Runnable release;
        private volatile boolean closed;

        Owned(String name, Runnable entering, Runnable release) {
            this.name = name;
            this.entering = entering;
            this.release = release;
        }

        @Override
        public void run() {
            if (!closed) {
                System.getLogger("io.sluice")
                        .log(
                                System.Logger.Level.WARNING,
                                "{0} was dropped without being closed: close engines, which hold"
                                        + " memory and threads outside the Java heap",
                                name);
            }
            entering.run();
            release.run();
        }
    }
}
