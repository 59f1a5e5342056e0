package io.sluice;

/**
 * An argument, a circuit or a data set that cannot be used as given: a wrong shape, a value out of
 * range, a circuit that is not smooth or not decomposable, or an object that was already closed.
 *
 * <p>It is thrown before anything changes, so the call can be repeated with a corrected argument.
 */
public final class InvalidArgumentException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public InvalidArgumentException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public InvalidArgumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
