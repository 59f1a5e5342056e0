package io.sluice;

/**
 * A file whose content does not follow its format: it is truncated, damaged, from a newer version,
 * or of another kind. The message names the file, the position in it, and the remedy.
 */
public final class FileFormatException extends SluiceException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was given, what was expected, and what to do
     */
    public FileFormatException(String message) {
        super(message);
    }

    /**
     * Creates the exception with the failure that led to it.
     *
     * @param message what was given, what was expected, and what to do
     * @param cause the underlying failure
     */
    public FileFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
