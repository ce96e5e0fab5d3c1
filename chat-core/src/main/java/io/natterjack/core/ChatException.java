package io.natterjack.core;

/** The root of what Natterjack throws when the world is at fault, not the caller. */
public class ChatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes an exception whose message says what failed and where. */
    public ChatException(String message) {
        super(message);
    }

    /** Makes an exception with the failure that led to it. */
    public ChatException(String message, Throwable cause) {
        super(message, cause);
    }
}
