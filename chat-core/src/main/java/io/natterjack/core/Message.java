package io.natterjack.core;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** A message as it stands now: what the events up to {@link #rev} have made of it. */
public final class Message extends Value {
    private final RoomId room;
    private final Cursor at;
    private final long rev;
    private final UserId sender;
    private final ClientId clientId;
    private final long timestamp;
    private final MessageBody body;
    private final MessageDetails details;

    /** Makes a message to which nothing happened. See the other constructor. */
    public Message(
            RoomId room, Cursor at, long rev, UserId sender, ClientId clientId, long timestamp, MessageBody body) {
        this(room, at, rev, sender, clientId, timestamp, body, MessageDetails.NONE);
    }

    /**
     * Makes a message.
     *
     * @param at the place of the event that brought it
     * @param rev the seq of the last event that changed it, at least that of {@code at}
     * @param timestamp the server's clock when it came, Unix milliseconds
     */
    public Message(
            RoomId room,
            Cursor at,
            long rev,
            UserId sender,
            ClientId clientId,
            long timestamp,
            MessageBody body,
            MessageDetails details) {
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
        this.details = Objects.requireNonNull(details);
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
                event.body(),
                MessageDetails.replyTo(event.target()));
    }

    /**
     * Returns this message as a later event leaves it; itself if the event has nothing to do with it, or is in it already. Applying
     * all events of a room in their order to the messages that they brought gives what the store has, but for what only a newer version
     * can read.
     *
     * @param reader whose own reactions are told from others'
     */
    public Message after(RoomEvent event, UserId reader) {
        if (event.seq() <= rev) {
            return this;
        }
        boolean isAboutThis = event.target() == seq();
        return switch (event.kind()) {
            case MESSAGE -> isAboutThis ? as(event, body, details.replied()) : this;
            case EDIT, REVOKE, REACT, PIN -> isAboutThis ? changed(event, reader) : this;
            case ERASED ->
                RoomChange.readable(event)
                                .filter(change ->
                                        ((RoomChange.Erased) change).seqs().contains(seq()))
                                .isPresent()
                        ? as(event, MessageBody.GONE, details.gone(false))
                        : this;
            default -> this;
        };
    }

    private Message changed(RoomEvent event, UserId reader) {
        if (body.isGone()) {
            return as(event, body, details.gone(event.kind() == EventKind.REVOKE));
        }
        return switch (event.kind()) {
            case EDIT -> as(event, event.body(), details.edited(event.timestamp()));
            case REVOKE -> as(event, MessageBody.GONE, details.gone(true));
            default ->
                RoomChange.readable(event)
                        .map(change -> as(
                                event, body, detailsAfter(change, event.sender().equals(reader))))
                        .orElse(this);
        };
    }

    private MessageDetails detailsAfter(RoomChange change, boolean mine) {
        return change instanceof RoomChange.Reacted reaction
                ? details.reacted(reaction.key(), reaction.isOn(), mine)
                : details.pinned(((RoomChange.Pinned) change).isOn());
    }

    /** Returns this message without its body, which was taken away. */
    public Message withoutBody() {
        return with(MessageBody.GONE, details.gone(false));
    }

    /** Returns this message as it is below the floor of its room: that it was there, when, whose, and to what it replied. */
    public Message trimmed() {
        return with(MessageBody.GONE, MessageDetails.replyTo(details.replyTo()));
    }

    /** Returns this message for a reader whose own reactions have the keys that {@code isOwn} accepts. */
    public Message seenWith(Predicate<String> isOwn) {
        return details.reactions().isEmpty() ? this : with(body, details.seenWith(isOwn));
    }

    private Message with(MessageBody newBody, MessageDetails newDetails) {
        return new Message(room, at, rev, sender, clientId, timestamp, newBody, newDetails);
    }

    private Message as(RoomEvent event, MessageBody newBody, MessageDetails newDetails) {
        return new Message(room, at, event.seq(), sender, clientId, timestamp, newBody, newDetails);
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

    /** Returns what later events have made of it, and what it has to do with other messages. */
    public MessageDetails details() {
        return details;
    }

    /** Returns roughly how many bytes this takes in a frame; what limits in bytes count with. */
    public int size() {
        int size = RoomEvent.size(body);
        for (Reaction reaction : details.reactions()) {
            size += reaction.size();
        }
        return size;
    }

    @Override
    protected List<?> parts() {
        return List.of(room, at, rev, sender, clientId, timestamp, body, details);
    }
}
