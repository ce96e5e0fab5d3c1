package io.natterjack.core;

import java.util.Objects;

/** A peer sent what the protocol doesn't allow. The message never repeats what it sent. */
public final class ProtocolException extends ChatException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final int requestId;

    /**
     * Makes an exception.
     *
     * @param requestId the {@code id} of the frame, 0 if it has none or none could be read
     * @param message what is wrong, fit to be sent to the peer
     */
    public ProtocolException(ErrorCode code, int requestId, String message) {
        super(message);
        this.code = Objects.requireNonNull(code);
        this.requestId = requestId;
    }

    public ErrorCode code() {
        return code;
    }

    /** Returns the {@code id} of the offending frame, 0 if it isn't known. */
    public int requestId() {
        return requestId;
    }
}
