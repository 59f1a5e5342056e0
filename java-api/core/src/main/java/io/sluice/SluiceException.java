package io.sluice;

import java.util.Objects;

/**
 * The root of everything Sluice throws on purpose.
 *
 * <p>The family is small and sealed, so a caller can handle it exhaustively. Every message says
 * what was given, what was expected, and what to do next. Other runtime exceptions that leave the
 * library are defects of the library.
 */
public abstract sealed class SluiceException extends RuntimeException
        permits InvalidArgumentException,
                OutOfMemoryException,
                DeviceException,
                AbiMismatchException,
                NativeLoadException,
                FileFormatException {

    private static final long serialVersionUID = 1L;

    SluiceException(String message) {
        super(message);
    }

    SluiceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What was given, what was expected, and what to do; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
