package io.sluice;

import java.util.Objects;

/**
 * The root of everything Sluice throws on purpose.
 *
 * <p>The family is small and sealed, so a caller can handle it exhaustively. Every message is one
 * line that says what was given, what was expected, and what to do next. It may quote names from
 * files: control characters are replaced by spaces, and a long message loses its middle. Other
 * runtime exceptions that leave the library are defects of the library.
 */
public abstract sealed class SluiceException extends RuntimeException
        permits InvalidArgumentException,
                OutOfMemoryException,
                DeviceException,
                AbiMismatchException,
                NativeLoadException,
                FileFormatException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_MESSAGE = 1000;

    SluiceException(String message) {
        super(oneLine(message));
    }

    SluiceException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        String line = message.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ");
        int half = LONGEST_MESSAGE / 2;
        return line.length() <= LONGEST_MESSAGE
                ? line
                : line.substring(0, half) + " ... " + line.substring(line.length() - half);
    }

    /** What was given, what was expected, and what to do; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
