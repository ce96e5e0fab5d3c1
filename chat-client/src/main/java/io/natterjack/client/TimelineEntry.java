package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One message as a {@link Timeline} shows it. */
public final class TimelineEntry extends Value {
    /** How far a message has come. */
    public enum State {
        /** Another's. */
        RECEIVED,
        /** This user's, on its way to the server. */
        PENDING,
        /** This user's; it waits where it is safe, for a server's store that is busy or away. */
        QUEUED,
        /** The server has refused it: {@link TimelineEntry#failure} says why. */
        FAILED,
        /** The server has it. */
        SENT,
        /** All other members have it on a device. Known in a created room of at most 100 members, if this user may see who they are. */
        DELIVERED,
        /** All other members have read it; known where the former is. */
        READ
    }

    private final ClientId clientId;
    private final Optional<UserId> sender;
    private final MessageBody body;
    private final @Nullable Message message;
    private final State state;
    private final Optional<ErrorCode> failure;
    private final String reason;

    private TimelineEntry(
            ClientId clientId,
            Optional<UserId> sender,
            MessageBody body,
            @Nullable Message message,
            State state,
            Optional<ErrorCode> failure,
            String reason) {
        this.clientId = clientId;
        this.sender = sender;
        this.body = body;
        this.message = message;
        this.state = state;
        this.failure = failure;
        this.reason = reason;
    }

    static TimelineEntry of(Message message, State state) {
        return new TimelineEntry(
                message.clientId(),
                Optional.of(message.sender()),
                message.body(),
                message,
                state,
                Optional.empty(),
                "");
    }

    static TimelineEntry echo(
            ClientId clientId,
            Optional<UserId> sender,
            MessageBody body,
            State state,
            Optional<ErrorCode> failure,
            String reason) {
        return new TimelineEntry(clientId, sender, body, null, state, failure, reason);
    }

    public ClientId clientId() {
        return clientId;
    }

    /** Returns who wrote it; nothing of a message on its way, if it was written before the client was online for the first time. */
    public Optional<UserId> sender() {
        return sender;
    }

    /** Tells whether this user wrote it. */
    public boolean isOwn() {
        return state != State.RECEIVED;
    }

    /** Returns what it says; of a message that was revoked or erased an empty body, see {@link #message}. */
    public MessageBody body() {
        return body;
    }

    /** Returns the message as the server has it; nothing while it is on its way. */
    public Optional<Message> message() {
        return Optional.ofNullable(message);
    }

    /** Returns how far it has come. */
    public State state() {
        return state;
    }

    /** Returns why it has failed; {@code unavailable} also if the client was full or has ended. Nothing in any other state. */
    public Optional<ErrorCode> failure() {
        return failure;
    }

    /** Returns what the server's application says of a refusal; empty if nothing. */
    public String reason() {
        return reason;
    }

    @Override
    protected List<?> parts() {
        return List.of(clientId, sender, body, message(), state, failure, reason);
    }
}
