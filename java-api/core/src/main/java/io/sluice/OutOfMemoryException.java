package io.sluice;

/**
 * The machine or a device has too little memory for a request. The message gives the number of
 * bytes, where they were needed, and how to need fewer.
 */
public final class OutOfMemoryException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public OutOfMemoryException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public OutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
