package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/** Work that ended early because the user or the system asked for it. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StopSignal signal;
    private final transient @Nullable Path saved;

    StoppedException(String message, StopSignal signal, @Nullable Path saved) {
        super(message);
        this.signal = signal;
        this.saved = saved;
    }

    StopSignal signal() {
        return signal;
    }

    /** The file that was written all the same; null when there is none. */
    @Nullable Path saved() {
        return saved;
    }
}
