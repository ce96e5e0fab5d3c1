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
    private final @Nullable Target replyTo;
    private final @Nullable Terms terms;

    /** Makes a draft of a message, whose content hash is that of {@code body}. */
    public Draft(RoomId room, UserId sender, ClientId clientId, MessageBody body) {
        this(room, sender, clientId, body, hash(body.json()), null, null, null);
    }

    /** Makes a draft of a message under terms, whose content hash is that of {@code body}. */
    public Draft(RoomId room, UserId sender, ClientId clientId, MessageBody body, Terms terms) {
        this(room, sender, clientId, body, hash(body.json()), null, null, terms);
    }

    private Draft(
            RoomId room,
            UserId sender,
            ClientId clientId,
            MessageBody body,
            String contentHash,
            @Nullable RoomChange change,
            @Nullable Target replyTo,
            @Nullable Terms terms) {
        this.room = Objects.requireNonNull(room);
        this.sender = Objects.requireNonNull(sender);
        this.clientId = Objects.requireNonNull(clientId);
        this.body = Objects.requireNonNull(body);
        this.contentHash = contentHash;
        this.change = change;
        this.replyTo = replyTo;
        this.terms = terms;
    }

    /** Returns a draft of a message that replies to another. */
    public static Draft reply(RoomId room, UserId sender, ClientId clientId, MessageBody body, Target replyTo) {
        return new Draft(room, sender, clientId, body, hash(named(replyTo) + body.json()), null, replyTo, null);
    }

    /** Returns a draft of a change that {@code actor} makes. */
    public static Draft change(RoomId room, UserId actor, ClientId clientId, RoomChange change) {
        MessageBody body = change.body();
        String about = change.target()
                .map(target -> change.kind().wireName() + " " + named(target))
                .orElse("");
        String ifRev = change instanceof RoomChange.Edited edit && edit.ifRev().isPresent()
                ? "if " + edit.ifRev().getAsLong() + "\n"
                : "";
        return new Draft(room, actor, clientId, body, hash(about + ifRev + body.json()), change, null, null);
    }

    /** Returns this draft under terms. */
    public Draft under(Terms newTerms) {
        return new Draft(room, sender, clientId, body, contentHash, change, replyTo, Objects.requireNonNull(newTerms));
    }

    /**
     * Returns this draft as one that is known by the content it had at first: for whoever puts together again what was written down.
     *
     * @param hash what {@link #contentHash} was then: 32 hexadecimal digits
     */
    public Draft knownBy(String hash) {
        if (!hash.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("a content hash is 32 hexadecimal digits");
        }
        return new Draft(room, sender, clientId, body, hash, change, replyTo, terms);
    }

    /** Returns this draft, a message or an edit, with another body. It is still known by the content of the first. */
    public Draft rewritten(MessageBody newBody) {
        if (change == null) {
            return new Draft(room, sender, clientId, newBody, contentHash, null, replyTo, terms);
        }
        if (change instanceof RoomChange.Edited edit) {
            RoomChange rewritten = new RoomChange.Edited(edit.target().get(), newBody, edit.ifRev());
            return new Draft(room, sender, clientId, newBody, contentHash, rewritten, null, terms);
        }
        throw new IllegalStateException("only a message or an edit has a body that can be another");
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

    /** Returns the message that the change is about, or that the message replies to. */
    public Optional<Target> target() {
        return change == null ? Optional.ofNullable(replyTo) : change.target();
    }

    /** Returns under what this was permitted; nothing for what the host application does. */
    public Optional<Terms> terms() {
        return Optional.ofNullable(terms);
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
        return new RoomEvent(room, outcome.at(), kind(), sender, clientId, outcome.timestamp(), body, outcome.target());
    }

    /** Returns roughly how many bytes this takes; what limits in bytes count with. */
    public int size() {
        return 256 + body.bytes();
    }

    @Override
    protected List<?> parts() {
        return List.of(room, sender, clientId, kind(), body, contentHash, target(), terms());
    }

    private static String named(Target target) {
        return target.own().map(ClientId::value).orElse("")
                + target.at().map(at -> " " + at.epoch() + " " + at.seq()).orElse("") + "\n";
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
