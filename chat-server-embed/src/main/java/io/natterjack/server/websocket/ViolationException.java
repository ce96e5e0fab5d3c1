package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;

/** A peer broke a rule of RFC 6455 or a limit. It ends its connection, and nothing is logged that the peer sent. */
final class ViolationException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient CloseReason reason;

    /** Makes an exception without a stack trace: peers decide how often it is thrown. */
    ViolationException(CloseReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    CloseReason reason() {
        return reason;
    }
}
