package io.sluice.cli;

/** Work that ended early because the user or the system asked for it. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException(String message) {
        super(message);
    }
}
