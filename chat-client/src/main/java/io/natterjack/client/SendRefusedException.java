package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import java.util.Objects;

/** The server refused a message or a change for good. The same sent again would be refused again. */
public final class SendRefusedException extends RequestRefusedException {
    private static final long serialVersionUID = 1;

    private final transient ClientId clientId;

    private final String reason;

    SendRefusedException(RoomId room, ClientId clientId, ErrorCode code, String reason) {
        super("message " + clientId + " to room " + room + " was refused", code);
        this.reason = reason;
        this.clientId = Objects.requireNonNull(clientId);
    }

    /** Returns the id of the message. */
    public ClientId clientId() {
        return clientId;
    }

    /** Returns what the server's application says of it, if it was {@code rejected}; empty if nothing. */
    public String reason() {
        return reason;
    }
}
