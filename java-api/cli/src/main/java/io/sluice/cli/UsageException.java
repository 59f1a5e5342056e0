package io.sluice.cli;

import org.jspecify.annotations.Nullable;

/** Wrong usage, found before any work started: exit code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(@Nullable String message, Throwable cause) {
        super(message, cause);
    }
}
