package io.natterjack.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What later events have made of a message, and what it has to do with other messages. */
public final class MessageDetails extends Value {
    /** A message to which nothing happened. */
    public static final MessageDetails NONE = new MessageDetails(0, 0, 0, false, false, List.of());

    private final long editedAt;
    private final long replyTo;
    private final int replies;
    private final boolean revoked;
    private final boolean pinned;
    private final List<Reaction> reactions;

    /**
     * Makes details.
     *
     * @param editedAt when the body was changed last, Unix milliseconds; 0 if never
     * @param replyTo the seq of the message that this one replies to; 0 for none
     * @param replies how many messages have replied to this one, those included that were revoked
     * @param revoked whether it was revoked; it has no body then
     * @param reactions ordered by key
     */
    public MessageDetails(
            long editedAt, long replyTo, int replies, boolean revoked, boolean pinned, List<Reaction> reactions) {
        this.editedAt = editedAt;
        this.replyTo = replyTo;
        this.replies = replies;
        this.revoked = revoked;
        this.pinned = pinned;
        this.reactions = List.copyOf(reactions);
    }

    /** Returns the details of a new message; {@link #NONE} for one that replies to none. */
    public static MessageDetails replyTo(long seq) {
        return seq == 0 ? NONE : new MessageDetails(0, seq, 0, false, false, List.of());
    }

    /** Returns when the body was changed last, Unix milliseconds; 0 if never. */
    public long editedAt() {
        return editedAt;
    }

    /** Returns the seq of the message that this one replies to; 0 for none. */
    public long replyTo() {
        return replyTo;
    }

    /** Returns how many messages have replied to this one, those included that were revoked. */
    public int replies() {
        return replies;
    }

    public boolean isRevoked() {
        return revoked;
    }

    public boolean isPinned() {
        return pinned;
    }

    /** Returns the reactions, ordered by key. */
    public List<Reaction> reactions() {
        return reactions;
    }

    MessageDetails edited(long timestamp) {
        return new MessageDetails(timestamp, replyTo, replies, revoked, pinned, reactions);
    }

    /** Nothing is left but that there was something. */
    MessageDetails gone(boolean byRevoking) {
        return new MessageDetails(0, replyTo, replies, revoked || byRevoking, false, List.of());
    }

    MessageDetails seenWith(Predicate<String> isOwn) {
        List<Reaction> seen = new ArrayList<>();
        reactions.forEach(each -> seen.add(new Reaction(each.key(), each.count(), isOwn.test(each.key()))));
        return new MessageDetails(editedAt, replyTo, replies, revoked, pinned, seen);
    }

    MessageDetails pinned(boolean on) {
        return new MessageDetails(editedAt, replyTo, replies, revoked, on, reactions);
    }

    MessageDetails replied() {
        return new MessageDetails(editedAt, replyTo, replies + 1, revoked, pinned, reactions);
    }

    /** One person more or less. */
    MessageDetails reacted(String key, boolean on, boolean mine) {
        List<Reaction> changed = new ArrayList<>();
        Reaction before = new Reaction(key, 0, false);
        for (Reaction each : reactions) {
            if (each.key().equals(key)) {
                before = each;
            } else {
                changed.add(each);
            }
        }
        int count = before.count() + (on ? 1 : -1);
        if (count > 0) {
            changed.add(new Reaction(key, count, mine ? on : before.isMine()));
        }
        changed.sort((a, b) -> a.key().compareTo(b.key()));
        return new MessageDetails(editedAt, replyTo, replies, revoked, pinned, changed);
    }

    @Override
    protected List<?> parts() {
        return List.of(editedAt, replyTo, replies, revoked, pinned, reactions);
    }
}
