package io.sluice;

/**
 * A native kernel library whose binary interface does not fit this version of the Java code: it has
 * another ABI version, or structures of another size.
 */
public final class AbiMismatchException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public AbiMismatchException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public AbiMismatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
