package io.sluice;

/**
 * Memory of the machine or of a device that was asked for and is not there. The message gives the
 * number of bytes, where they were wanted, and what makes the request smaller.
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
