package io.sluice;

/**
 * A device that failed or cannot be used: an unknown device number, a driver that is too old, an
 * error that a kernel or a copy reported. An engine that threw it should be closed.
 */
public final class DeviceException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public DeviceException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
