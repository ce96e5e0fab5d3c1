package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;

/** What became of a message that was sent: the server's store has it. */
public final class Sent extends Value {
    private final ClientId clientId;
    private final Cursor at;
    private final long timestamp;
    private final boolean duplicate;

    Sent(ClientId clientId, Cursor at, long timestamp, boolean duplicate) {
        this.clientId = Objects.requireNonNull(clientId);
        this.at = Objects.requireNonNull(at);
        this.timestamp = timestamp;
        this.duplicate = duplicate;
    }

    /** Returns the id that the message travelled under; the room's listener sees it with the same. */
    public ClientId clientId() {
        return clientId;
    }

    /** Returns the message's place in its room. */
    public Cursor at() {
        return at;
    }

    /** Returns the server's time of the message in Unix milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    /** Tells whether the store had it already when the send that was answered came: an earlier answer was lost. */
    public boolean isDuplicate() {
        return duplicate;
    }

    @Override
    protected List<?> parts() {
        return List.of(clientId, at, timestamp, duplicate);
    }
}
