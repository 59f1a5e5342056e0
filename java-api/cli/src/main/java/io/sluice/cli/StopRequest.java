package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The wish of the user (Ctrl-C) or the system (SIGTERM) that the command ends. Work that can keep
 * what it has done looks at {@link #requested} and ends in order. Other work ends at its next
 * {@link #check}, or where it is when that takes too long. A second signal ends the process at
 * once.
 */
final class StopRequest {
    private static final long PATIENCE_SECONDS = 2;

    private final AtomicReference<Thread> reporter = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable StopSignal signal;
    private volatile boolean keepsWork;
    private volatile @Nullable Path file;
    private volatile String saved = "nothing was written";

    /** Asks for the end; false if that was asked for before. */
    boolean request(StopSignal by) {
        boolean first = signal == null;
        signal = by;
        return first;
    }

    boolean requested() {
        return signal != null;
    }

    /** From now on the work looks at {@link #requested}. */
    void keepWork() {
        keepsWork = true;
    }

    /** Whether the work ends by itself, however long that takes. */
    boolean keepsWork() {
        return keepsWork;
    }

    /**
     * Notes what was kept.
     *
     * @param what the end of a sentence: what is where
     */
    void saved(Path model, String what) {
        file = model;
        saved = what;
    }

    /** Notes why nothing was kept. */
    void lost(String why) {
        saved = why;
    }

    /** Ends work that was asked to. */
    void check() {
        StopSignal by = signal;
        if (by != null) {
            throw stopped(by);
        }
    }

    /** What the command says at its end. */
    StoppedException stopped(StopSignal by) {
        return new StoppedException("stopped by " + by.title() + ": " + saved, by, file);
    }

    /**
     * Reserves the right to report how the command ended, which one thread has: any other waits
     * here for the end of the process.
     */
    void claimEnd() {
        Thread me = Thread.currentThread();
        while (!reporter.compareAndSet(null, me) && !Objects.equals(reporter.get(), me)) {
            LockSupport.park(this);
        }
    }

    /** The command is over. */
    void over() {
        over.countDown();
    }

    /** Waits a moment for the end; false when the command goes on. */
    boolean awaitEnd() {
        try {
            return over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
