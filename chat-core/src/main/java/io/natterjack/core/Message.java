package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** A message as it stands now: what the events up to {@link #rev} have made of it. */
public final class Message extends Value {
    private final RoomId room;
    private final Cursor at;
    private final long rev;
    private final UserId sender;
    private final ClientId clientId;
    private final long timestamp;
    private final MessageBody body;

    /**
     * Makes a message.
     *
     * @param at the place of the event that brought it
     * @param rev the seq of the last event that changed it, at least that of {@code at}
     * @param timestamp the server's clock when it came, Unix milliseconds
     */
    public Message(
            RoomId room, Cursor at, long rev, UserId sender, ClientId clientId, long timestamp, MessageBody body) {
        if (at.seq() < 1 || rev < at.seq()) {
            throw new IllegalArgumentException("seq must be at least 1 and rev at least seq");
        }
        this.room = Objects.requireNonNull(room);
        this.at = at;
        this.rev = rev;
        this.sender = Objects.requireNonNull(sender);
        this.clientId = Objects.requireNonNull(clientId);
        this.timestamp = timestamp;
        this.body = Objects.requireNonNull(body);
    }

    /** Returns the message that an event of kind {@link EventKind#MESSAGE} brings. */
    public static Message of(RoomEvent event) {
        return new Message(
                event.room(),
                event.at(),
                event.seq(),
                event.sender(),
                event.clientId(),
                event.timestamp(),
                event.body());
    }

    public RoomId room() {
        return room;
    }

    public Cursor at() {
        return at;
    }

    /** Returns the message's number in its room, 1 or more. */
    public long seq() {
        return at.seq();
    }

    /** Returns the seq of the last event that changed this message. */
    public long rev() {
        return rev;
    }

    public UserId sender() {
        return sender;
    }

    public ClientId clientId() {
        return clientId;
    }

    /** Returns the server's time of the message in Unix milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    public MessageBody body() {
        return body;
    }

    @Override
    protected List<?> parts() {
        return List.of(room, at, rev, sender, clientId, timestamp, body);
    }
}
