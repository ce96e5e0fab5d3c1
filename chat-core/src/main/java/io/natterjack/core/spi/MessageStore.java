package io.natterjack.core.spi;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomView;
import io.natterjack.core.SearchPage;
import io.natterjack.core.SearchQuery;
import io.natterjack.core.Standing;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The durable log of every room, and what gives events their order. Unstable until 1.0: later features add methods.
 *
 * <p><b>Threads.</b> Methods may block: they are called on store threads, unless the store says that they {@linkplain #mayBlock
 * never} do. Any number
 * of threads and of processes call at once.
 *
 * <p><b>Errors.</b> Every method throws {@link StoreException}. {@link StoreException.Kind#UNAVAILABLE} says that the same
 * call may succeed later; a store must not wait for that itself longer than about a second.
 *
 * <p>{@code MessageStoreContract} in chat-testkit tests what is promised here.
 */
public interface MessageStore extends AutoCloseable {
    /**
     * Gives each draft its place and makes it durable. When this returns, what it accepted survives the end of the process
     * and of the machine, as far as the store promises durability at all.
     *
     * <p><b>Order.</b> Drafts of one room get the next seqs in the order of the batch, without a hole, also against other
     * callers; whoever can read an event can read all before it. A draft that isn't accepted uses no seq.
     *
     * <p><b>Once.</b> A client id that the same sender has used in the same room before, in an earlier batch or in this one,
     * however long ago, gets the first result again if the {@linkplain Draft#contentHash() content} is the same, and is
     * refused with {@link io.natterjack.core.ErrorCode#CID_CONFLICT} if not. So a batch whose outcome isn't known is
     * simply appended again.
     *
     * <p><b>Atomic.</b> Of the drafts of one room either all are kept, with their outcomes, or none.
     *
     * <p><b>Changes.</b> A {@linkplain Draft#change() change} is an event like a message, and takes effect with it: {@link
     * io.natterjack.core.RoomChange.Member} makes or ends a membership, {@link io.natterjack.core.RoomChange.Erased} and {@link
     * io.natterjack.core.RoomChange.Trimmed} take bodies away for good, also from what a search finds. A room on legal hold refuses
     * these two, edits and revocations with {@link io.natterjack.core.ErrorCode#FORBIDDEN}. {@link io.natterjack.core.RoomChange.Created} is refused with
     * {@link io.natterjack.core.ErrorCode#ROOM_EXISTS} by a room that has an event; a room whose {@linkplain
     * io.natterjack.core.RoomId#isServersOwn name is the server's own} refuses all else with {@link
     * io.natterjack.core.ErrorCode#NO_ROOM} before it.
     *
     * <p><b>Targets.</b> What is about a message is refused with {@link io.natterjack.core.ErrorCode#TARGET_UNKNOWN} if the message isn't
     * there, and with {@link io.natterjack.core.ErrorCode#TARGET_REVOKED} if its body is gone. A message that an earlier draft of the
     * batch brings is there. An author edits and revokes their own messages; {@link io.natterjack.core.Terms} say what more. A revocation
     * that names by client id what hasn't come is accepted with seq 0: when that comes, it is refused; at most {@value #MAX_CANCELLED}
     * such are open for one person in a room. A reaction or pin that changes nothing makes no event, and is answered as a duplicate.
     *
     * <p><b>Terms.</b> A draft that was permitted before a right may have been taken in its room is refused as {@code busy}, to be tried
     * again at once, and so are those of the same sender behind it in the batch.
     *
     * @param batch not empty
     * @return one outcome a draft, in the order of the batch; refusals are final ones
     * @throws StoreException if the outcome isn't known ({@code UNAVAILABLE}), or if the batch holds what the store can't
     *     keep and nothing was written ({@code REJECTED})
     */
    List<Outcome> append(List<Draft> batch);

    /**
     * Appends as {@link #append(List)} does, unless the fence has been raised since: then nothing is written. Whoever appends on behalf of
     * others under a lease can't be sure to hold it still; this way one that was stopped for a while can't undo what its successor decided.
     *
     * @throws StoreException of kind {@code FENCED} if another generation of the fence stands: a higher one; or a lower one, or none, since the
     *     store has lost the last of what it had. Whoever is still sure to hold the lease raises it again
     */
    List<Outcome> append(List<Draft> batch, Fence fence);

    /**
     * Raises the fence of that name: every append under an earlier generation that isn't in the store when this returns never will be,
     * except in rooms in which it was under way; and there it is before whatever is appended from now on.
     *
     * @param name 1 to 64 characters of {@code A-Z a-z 0-9 _ . : -}
     */
    Fence raiseFence(String name);

    /** How many revocations of what hasn't come may be open for one person in one room. */
    int MAX_CANCELLED = 64;

    /**
     * Returns the room's events above {@code seq}, oldest first, without a hole from {@code seq + 1} on; empty if there are
     * none. Messages whose body was taken away are among them, {@linkplain io.natterjack.core.MessageBody#isGone without} it.
     *
     * @param seq the last one that the reader has, 0 to read from the beginning
     * @param maxEvents the most events to return, at least 1
     * @param maxBytes where to stop, by {@link RoomEvent#size}; one event is returned even if it alone is larger
     */
    List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes);

    /** Returns the head of each of the rooms; seq 0 for a room in which nothing has happened yet. */
    Map<RoomId, Cursor> heads(Collection<RoomId> rooms);

    /**
     * Returns the heads of rooms in which something happened at {@code since} or later, by the store's own clock, those first in which it
     * happened first. What is being committed may come with a time that has passed already: a reader asks again from a few seconds before
     * where it has got to.
     *
     * @param since as the last answer {@linkplain ChangedHeads#asOf says}; 0 to learn only what time it is
     * @param limit the most rooms to return, at least 1; more come only if it happened in more of them in one millisecond
     */
    ChangedHeads headsChangedSince(long since, int limit);

    /** Returns the room as {@code user} stands to it, and where it is. */
    RoomView view(RoomId room, UserId user);

    /** Returns the first result of what {@code sender} sent to the room under that client id; nothing if the room has none. */
    Optional<Known> find(RoomId room, UserId sender, ClientId clientId);

    /** What a store keeps of a draft for its resends. */
    final class Known extends Value {
        private final String contentHash;
        private final Outcome.Accepted outcome;

        /** Makes what is known of a draft. */
        public Known(String contentHash, Outcome.Accepted outcome) {
            this.contentHash = Objects.requireNonNull(contentHash);
            this.outcome = Objects.requireNonNull(outcome);
        }

        /** Returns the first result, marked as a duplicate. */
        public Outcome.Accepted outcome() {
            return outcome;
        }

        /** Returns what {@code draft}, sent again, is answered: the first result if it is the same, a refusal if it is another. */
        public Outcome answer(Draft draft) {
            return contentHash.equals(draft.contentHash()) ? outcome : Outcome.Refused.forGood(ErrorCode.CID_CONFLICT);
        }

        @Override
        protected List<?> parts() {
            return List.of(contentHash, outcome);
        }
    }

    /**
     * Returns a page of messages, lowest seq first whatever the direction. What was trimmed isn't there; what was erased is,
     * without its body.
     *
     * @param maxBytes where to stop; one message is returned even if it alone is larger. What is left out is at the far
     *     end: the oldest for {@code BEFORE}, the newest for {@code AFTER}; for {@code AROUND} both halves have half the bytes
     */
    Page history(HistoryQuery query, int maxBytes);

    /**
     * Returns the messages that changed above {@code sinceRev}, each once as it stands now, lowest rev first. A reader that
     * goes on with the rev of the last one until there are no more has missed nothing.
     *
     * @param reader whose own reactions are told from others'
     * @param floor the seq up to which messages are left out; 0 to leave none out
     * @param limit the most messages to return, at least 1
     * @param maxBytes where to stop; one message is returned even if it alone is larger
     */
    Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes);

    /** Returns what the room knows of {@code user}; nothing if they never belonged to it. */
    Optional<Membership> membership(RoomId room, UserId user);

    /**
     * Returns those who stand so to the room, in the order of their ids' bytes.
     *
     * @param after the last one of the page before; nothing to begin
     * @param limit the most members to return, at least 1
     */
    List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit);

    /**
     * Moves a member's watermarks forward, never back, and never beyond the room's head. What is read is delivered too. Does
     * nothing for somebody who doesn't belong to the room.
     *
     * @param delivered the seq up to which a device of theirs has everything, 0 for no news
     * @param read the seq up to which they have read, 0 for no news
     */
    void mark(RoomId room, UserId user, long delivered, long read);

    /** Says of which messages a member wants to be notified. Does nothing for somebody who doesn't belong to the room. */
    void notifications(RoomId room, UserId user, Notify wanted);

    /** Returns how far the message at {@code seq} has come with the members of its room, but for {@code sender}. */
    Receipts receipts(RoomId room, long seq, UserId sender);

    /**
     * Puts the room on legal hold, or ends that: while it is held, nothing in it is erased or trimmed. Members aren't told, but
     * their edits and revocations there are refused as {@link io.natterjack.core.ErrorCode#FORBIDDEN}. A room in which nothing has happened yet may be held too.
     */
    void hold(RoomId room, boolean held);

    /**
     * Returns the rooms that {@code user} belongs to or is invited to, those in which something happened last first.
     *
     * @param after the last one of the page before; nothing to begin. Rooms that move up meanwhile may be left out
     * @param limit the most rooms to return, 1 to 100
     */
    List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit);

    /** Returns those of the rooms, at most 100, that {@code user} belongs to or is invited to. */
    List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms);

    /** Returns what the store keeps of people. */
    PeopleStore people();

    /** Returns how far listeners have come that hear of every event. */
    ListenerStore listeners();

    /** Returns the messages that have all that {@code query} asks for, newest first. An empty query finds nothing. */
    SearchPage search(SearchQuery query);

    /**
     * Begins what this store has to do by itself while a server uses it: relaying an outbox, removing what is too old. Called once
     * by the server, before its first client.
     *
     * @param queue takes what the store appends by itself, so that it reaches clients as all else does
     * @param threads for blocking work
     * @return ends that work; the server closes it before the queue
     */
    default Upkeep begin(PersistenceQueue queue, Scheduler scheduler, Executor threads) {
        return () -> {};
    }

    /** Work of a store that goes on until it is closed. */
    interface Upkeep extends AutoCloseable {
        /** Ends the work; what is under way may still go on for a moment. Doesn't block. */
        @Override
        void close();
    }

    /** Returns how many calls of {@link #append} at once are of use; a store with a single writer says 1. */
    default int appendConcurrency() {
        return 4;
    }

    /** Tells whether other processes may append to it too, so that a server has to look for what they did. */
    default boolean isShared() {
        return false;
    }

    /**
     * Tells whether methods may wait for something: a disk, a network, another process. One that never does is called by the threads
     * that serve clients, which saves handing over.
     */
    default boolean mayBlock() {
        return true;
    }

    /** Releases what this store opened itself. Closing twice does nothing. */
    @Override
    void close();
}
