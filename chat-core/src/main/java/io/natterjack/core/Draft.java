package io.natterjack.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;

/** A message that asks for its place in a room. */
public final class Draft extends Value {
    private final RoomId room;
    private final UserId sender;
    private final ClientId clientId;
    private final MessageBody body;
    private final String contentHash;

    /** Makes a draft whose content hash is that of {@code body}. */
    public Draft(RoomId room, UserId sender, ClientId clientId, MessageBody body) {
        this.room = Objects.requireNonNull(room);
        this.sender = Objects.requireNonNull(sender);
        this.clientId = Objects.requireNonNull(clientId);
        this.body = Objects.requireNonNull(body);
        this.contentHash = hash(body.json());
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

    public MessageBody body() {
        return body;
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
        return new RoomEvent(room, outcome.at(), EventKind.MESSAGE, sender, clientId, outcome.timestamp(), body);
    }

    /** Returns roughly how many bytes this takes; what limits in bytes count with. */
    public int size() {
        return 256 + body.bytes();
    }

    @Override
    protected List<?> parts() {
        return List.of(room, sender, clientId, body, contentHash);
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
