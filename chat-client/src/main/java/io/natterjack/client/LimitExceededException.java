package io.natterjack.client;

import io.natterjack.core.ChatException;

/** So much waits for the server already that nothing more is taken. It can be tried again once some of it is answered. */
public final class LimitExceededException extends ChatException {
    private static final long serialVersionUID = 1;

    LimitExceededException(String message) {
        super(message);
    }
}
