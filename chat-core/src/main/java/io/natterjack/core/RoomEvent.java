package io.natterjack.core;

import java.util.List;
import java.util.Objects;

/** One committed entry of a room's log. Events of a room are numbered 1, 2, 3 … without a hole. */
public final class RoomEvent extends Value {
    /** What an event costs in memory and on the wire beside its body, roughly, in bytes. */
    private static final int OVERHEAD_BYTES = 256;

    private final RoomId room;
    private final Cursor at;
    private final EventKind kind;
    private final UserId sender;
    private final ClientId clientId;
    private final long timestamp;
    private final MessageBody body;
    private final long target;

    /** Makes an event that isn't about another message. See the other constructor. */
    public RoomEvent(
            RoomId room,
            Cursor at,
            EventKind kind,
            UserId sender,
            ClientId clientId,
            long timestamp,
            MessageBody body) {
        this(room, at, kind, sender, clientId, timestamp, body, 0);
    }

    /**
     * Makes an event.
     *
     * @param at the event's own epoch and seq, seq at least 1
     * @param timestamp the server's clock at the commit, Unix milliseconds, never below that of the event before; for
     *     display only, {@code at} is what orders
     * @param target the seq of the message that a change is about, or that a message replies to; 0 for none
     */
    public RoomEvent(
            RoomId room,
            Cursor at,
            EventKind kind,
            UserId sender,
            ClientId clientId,
            long timestamp,
            MessageBody body,
            long target) {
        if (at.seq() < 1) {
            throw new IllegalArgumentException("the seq of an event must be at least 1");
        }
        this.room = Objects.requireNonNull(room);
        this.at = at;
        this.kind = Objects.requireNonNull(kind);
        this.sender = Objects.requireNonNull(sender);
        this.clientId = Objects.requireNonNull(clientId);
        this.timestamp = timestamp;
        this.body = Objects.requireNonNull(body);
        this.target = target;
    }

    public RoomId room() {
        return room;
    }

    public Cursor at() {
        return at;
    }

    /** Returns the event's number in its room, 1 or more. */
    public long seq() {
        return at.seq();
    }

    public EventKind kind() {
        return kind;
    }

    public UserId sender() {
        return sender;
    }

    public ClientId clientId() {
        return clientId;
    }

    /** Returns the server's time of the commit in Unix milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    public MessageBody body() {
        return body;
    }

    /** Returns the seq of the message that a change is about, or that a message replies to; 0 for none. */
    public long target() {
        return target;
    }

    /** Returns this event without what was written. */
    public RoomEvent withoutBody() {
        return new RoomEvent(room, at, kind, sender, clientId, timestamp, MessageBody.GONE, target);
    }

    /** Returns roughly how many bytes this takes, in memory or in a frame; what limits in bytes count with. */
    public int size() {
        return size(body);
    }

    /** Returns the {@link #size} of an event with this body, and of its message. */
    public static int size(MessageBody body) {
        return OVERHEAD_BYTES + body.bytes();
    }

    @Override
    protected List<?> parts() {
        return List.of(room, at, kind, sender, clientId, timestamp, body, target);
    }
}
