package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import java.util.Objects;

/** The server refused a message for good. The same message sent again would be refused again. */
public final class SendRefusedException extends RequestRefusedException {
    private static final long serialVersionUID = 1;

    private final transient ClientId clientId;

    SendRefusedException(RoomId room, ClientId clientId, ErrorCode code) {
        super("message " + clientId + " to room " + room + " was refused", code);
        this.clientId = Objects.requireNonNull(clientId);
    }

    /** Returns the id of the message. */
    public ClientId clientId() {
        return clientId;
    }
}
