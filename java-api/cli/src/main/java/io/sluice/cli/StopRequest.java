package io.sluice.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish of the user (Ctrl-C) or the system (SIGTERM) that the process ends. Work that can stop
 * in order announces that it will, looks at {@link #requested}, and is waited for; other work ends
 * where it is.
 */
final class StopRequest {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean awaited;

    /** A request that {@link #request} makes. */
    StopRequest() {}

    /** The request that a signal to this process makes. */
    static StopRequest ofProcess() {
        StopRequest stop = new StopRequest();
        Runtime.getRuntime().addShutdownHook(new Thread(stop::request, "stop request"));
        return stop;
    }

    /** Asks for the end, and waits for it when someone works towards it. */
    void request() {
        requested = true;
        try {
            if (awaited && !answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return; // the JVM ends all the same
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean requested() {
        return requested;
    }

    /** From now on the work looks at {@link #requested}. */
    void willAnswer() {
        awaited = true;
    }

    /** The work is over. */
    void answered() {
        answered.countDown();
    }
}
