package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.ErrorCode;
import java.util.Objects;

/** The server refused a request for good. */
public class RequestRefusedException extends ChatException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    RequestRefusedException(String message, ErrorCode code) {
        super(message + ": " + code.wireName());
        this.code = Objects.requireNonNull(code);
    }

    /** Returns why. */
    public ErrorCode code() {
        return code;
    }
}
