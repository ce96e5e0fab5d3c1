package io.natterjack.core;

/** A connection or a listening port could not be had. */
public final class TransportException extends ChatException {
    private static final long serialVersionUID = 1;

    /** Makes an exception whose message says what failed and where. */
    public TransportException(String message) {
        super(message);
    }

    /** Makes an exception with the failure that led to it. */
    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
