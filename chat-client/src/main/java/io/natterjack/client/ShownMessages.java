package io.natterjack.client;

import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The messages of a {@link Timeline} with all that happened to them. A page of older ones may be read while the room goes on, and then
 * be older than what came meanwhile: so changes are kept while a page is under way, and happen to its messages too.
 *
 * <p><b>Threads.</b> Guarded by the timeline's lock.
 */
final class ShownMessages {
    /** How many changes, and how many messages beyond the most, are kept while a page is under way. */
    private static final int MAX_CHANGES = 1_000;

    private final int maxMessages;
    private final Supplier<UserId> me;
    private final TreeMap<Long, Message> messages = new TreeMap<>();

    /** All messages from this seq on are here, or will be. */
    private long since = Long.MAX_VALUE;

    /** Nothing up to this seq is shown any more. */
    private long trimmed;

    /** How often all has begun anew. */
    private int beginnings;

    /** How many pages are under way. */
    private int pages;

    /** How many of the oldest are to be taken away, for the new ones that have come. */
    private int superfluous;

    private final Deque<RoomEvent> changes = new ArrayDeque<>();

    /** Whose bodies were taken away while a page is under way. */
    private final Set<Long> takenAway = new HashSet<>();

    /** Whether more happened while a page is under way than is kept. */
    private boolean isOverflown;

    /**
     * Makes an empty one.
     *
     * @param maxMessages beyond it each new message takes the oldest away
     * @param me asked for when there is a message, so when the client was online
     */
    ShownMessages(int maxMessages, Supplier<UserId> me) {
        this.maxMessages = maxMessages;
        this.me = me;
    }

    /** Returns them as they are now, the oldest first. */
    List<Message> all() {
        return new ArrayList<>(messages.values());
    }

    Optional<Cursor> oldest() {
        return messages.isEmpty()
                ? Optional.empty()
                : Optional.of(messages.firstEntry().getValue().at());
    }

    Optional<Cursor> newest() {
        return messages.isEmpty()
                ? Optional.empty()
                : Optional.of(messages.lastEntry().getValue().at());
    }

    // What happens.

    /** What comes live follows {@code at}. */
    void joined(Cursor at) {
        since = Math.min(since, at.seq() + 1);
    }

    /** A new message. If it is a reply, that is something that happens to another. */
    void add(Message message) {
        messages.put(message.seq(), message);
        if (messages.size() > maxMessages) {
            superfluous++;
            isOverflown |= pages > 0 && superfluous > MAX_CHANGES;
            takeAwayUnlessPaging();
        }
        if (message.details().replyTo() > 0 && message.rev() == message.seq()) {
            happened(new RoomEvent(
                    message.room(),
                    message.at(),
                    EventKind.MESSAGE,
                    message.sender(),
                    message.clientId(),
                    message.timestamp(),
                    message.body(),
                    message.details().replyTo()));
        }
    }

    /** A page that is under way joins the oldest that was here when it was asked for; one that will be dropped doesn't matter. */
    private void takeAwayUnlessPaging() {
        if (pages > 0 && !isOverflown) {
            return;
        }
        for (; superfluous > 0 && messages.size() > maxMessages; superfluous--) {
            messages.pollFirstEntry();
            since = messages.firstKey();
        }
        superfluous = 0;
    }

    /** Tells whether a message of that seq would show. */
    boolean reachesTo(long seq) {
        return seq >= since;
    }

    /** Something happened to a message; or there was one whose body is gone, which another that it replied to counts all the same. */
    void change(RoomEvent event) {
        if (event.kind() == EventKind.MESSAGE && reachesTo(event.seq())) {
            messages.put(event.seq(), Message.of(event));
        }
        happened(event);
    }

    private void happened(RoomEvent event) {
        messages.computeIfPresent(event.target(), (seq, message) -> message.after(event, me.get()));
        if (pages > 0) {
            isOverflown |= changes.size() >= MAX_CHANGES;
            if (!isOverflown) {
                changes.add(event);
            }
        }
    }

    /**
     * A message is as it is now. It may be one that never came: it was gone by then, or was changed while a gap was filled that was
     * broken off.
     */
    void update(Message message) {
        Message known = messages.get(message.seq());
        if (reachesTo(message.seq()) && (known == null || known.rev() < message.rev())) {
            messages.put(message.seq(), message);
        }
    }

    void erase(List<Long> seqs) {
        for (long seq : seqs) {
            messages.computeIfPresent(seq, (same, message) -> message.withoutBody());
        }
        if (pages > 0) {
            isOverflown |= takenAway.size() + seqs.size() > MAX_CHANGES;
            if (!isOverflown) {
                takenAway.addAll(seqs);
            }
        }
    }

    void trim(long upto) {
        messages.headMap(upto, true).clear();
        trimmed = Math.max(trimmed, upto);
    }

    /** Returns up to which seq nothing is shown any more. */
    long trimmed() {
        return trimmed;
    }

    /** What is here would have a hole: only what lies above {@code upto} is shown. */
    void skip(Cursor upto) {
        messages.clear();
        beginnings++;
        since = upto.seq() + 1;
    }

    /** The server has another past above {@code base}. */
    void reset(Cursor base) {
        skip(base);
        trimmed = 0;
    }

    // Pages of older ones.

    /** A page is asked for: returns what {@link #isStillTrue} wants to know. */
    int beginPage() {
        pages++;
        return beginnings;
    }

    /** Tells whether a page isn't older than the last beginning, or than changes that weren't kept. */
    boolean isStillTrue(int beginning) {
        return beginning == beginnings && !isOverflown;
    }

    /** Takes a message of a page, with the changes that came while it was under way. */
    void take(Message message) {
        if (message.seq() <= trimmed) {
            return;
        }
        Message now = takenAway.contains(message.seq()) ? message.withoutBody() : message;
        for (RoomEvent change : changes) {
            now = now.after(change, me.get());
        }
        Message known = messages.get(now.seq());
        if (known == null || known.rev() < now.rev()) {
            messages.put(now.seq(), now);
        }
        since = Math.min(since, now.seq());
    }

    /** A page is here, or has failed. */
    void endPage() {
        pages--;
        if (pages == 0) {
            changes.clear();
            takenAway.clear();
            isOverflown = false;
            takeAwayUnlessPaging();
        }
    }
}
