package io.natterjack.core.text;

/** A value is well-formed but larger than its limit, which the message names. */
public final class TooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** Makes an exception whose message names the limit. */
    public TooLargeException(String message) {
        super(message);
    }
}
