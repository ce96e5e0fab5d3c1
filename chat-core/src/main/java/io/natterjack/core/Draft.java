package io.natterjack.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message, or a change of a room, that asks for its place in the room's log. */
public final class Draft extends Value {
    private final RoomId room;
    private final UserId sender;
    private final ClientId clientId;
    private final MessageBody body;
    private final String contentHash;
    private final @Nullable RoomChange change;

    /** Makes a draft of a message, whose content hash is that of {@code body}. */
    public Draft(RoomId room, UserId sender, ClientId clientId, MessageBody body) {
        this(room, sender, clientId, body, null);
    }

    private Draft(RoomId room, UserId sender, ClientId clientId, MessageBody body, @Nullable RoomChange change) {
        this.room = Objects.requireNonNull(room);
        this.sender = Objects.requireNonNull(sender);
        this.clientId = Objects.requireNonNull(clientId);
        this.body = Objects.requireNonNull(body);
        this.contentHash = hash(body.json());
        this.change = change;
    }

    /** Returns a draft of a change that {@code actor} makes. */
    public static Draft change(RoomId room, UserId actor, ClientId clientId, RoomChange change) {
        return new Draft(room, actor, clientId, change.body(), change);
    }

    public RoomId room() {
        return room;
    }

    public UserId sender() {
        return sender;
    }

    public ClientId clientId() {
        return clientId;
    }

    /** Returns the message's body; of a change, the body of its event. */
    public MessageBody body() {
        return body;
    }

    /** Returns the kind of event that this becomes. */
    public EventKind kind() {
        return change == null ? EventKind.MESSAGE : change.kind();
    }

    /** Returns the change that this brings; nothing for a message. */
    public Optional<RoomChange> change() {
        return Optional.ofNullable(change);
    }

    /**
     * Returns what tells a resend (equal) from another message under the same client id (different): the first 128 bits of
     * the SHA-256 of what the client wrote, as 32 hexadecimal digits. A store keeps it with the client id, since the body
     * may change or go.
     */
    public String contentHash() {
        return contentHash;
    }

    /** Returns the event that this draft became. */
    public RoomEvent accepted(Outcome.Accepted outcome) {
        return new RoomEvent(room, outcome.at(), kind(), sender, clientId, outcome.timestamp(), body);
    }

    /** Returns roughly how many bytes this takes; what limits in bytes count with. */
    public int size() {
        return 256 + body.bytes();
    }

    @Override
    protected List<?> parts() {
        return List.of(room, sender, clientId, kind(), body, contentHash);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            StringBuilder hex = new StringBuilder(32);
            for (int i = 0; i < 16; i++) {
                hex.append(Character.forDigit(digest[i] >> 4 & 15, 16)).append(Character.forDigit(digest[i] & 15, 16));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
