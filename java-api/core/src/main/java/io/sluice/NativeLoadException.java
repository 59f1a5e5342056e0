package io.sluice;

/**
 * A native kernel library that could not be found, unpacked or loaded. The message holds the
 * loader's own words and the JVM flag or the file that is missing.
 */
public final class NativeLoadException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public NativeLoadException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public NativeLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
