package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.Receipts;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.wire.PeopleAnswer;
import io.natterjack.core.wire.PeopleRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A room that a client has joined, whether or not it is online now. From {@link ChatClient#join}.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Stages complete on the client's listener executor, in
 * order with the calls of the room's listener; those that fail at once complete on the caller's thread.
 *
 * <p><b>Errors.</b> After {@link #leave} stages fail with {@link IllegalStateException}. When the client ends, whatever is
 * open fails with {@link ClientClosedException}.
 */
public final class Room {
    private final RoomId id;
    private final Engine engine;
    private final Requests requests;
    private volatile @Nullable Cursor cursor;
    private volatile boolean left;

    Room(RoomId id, Engine engine, @Nullable Cursor cursor) {
        this.id = id;
        this.engine = engine;
        this.requests = engine.requests();
        this.cursor = cursor;
    }

    /** Returns the room's name. */
    public RoomId id() {
        return id;
    }

    /**
     * Returns how far the listener has got: all up to and including this place was handed to it, and it has returned. An
     * application that keeps this can {@linkplain ChatClient#join(RoomId, Cursor, RoomListener) join} from here the next
     * time that it runs. Nothing before the first time that a room without a cursor is joined.
     */
    public Optional<Cursor> cursor() {
        return Optional.ofNullable(cursor);
    }

    /**
     * Sends a message under a new client id.
     *
     * @see #send(ClientId, MessageBody)
     */
    public CompletionStage<Sent> send(MessageBody body) {
        return send(requests.newClientId(), body);
    }

    /**
     * Sends a message: now if the client is online, else as soon as it is. Messages to one room reach it in the order of
     * these calls. The client sends again under the same id what may have been lost, and the server keeps it once.
     *
     * @param clientId unique for this user in this room; an id that was used for the same body before leads to the first
     *     result
     * @return completes when the server's store has it. Fails with {@link SendRefusedException} if the server doesn't take
     *     it, with {@link LimitExceededException} at once if the client's outbox is full
     */
    public CompletionStage<Sent> send(ClientId clientId, MessageBody body) {
        return requests.send(
                this,
                Outgoing.message(id, Objects.requireNonNull(clientId), Objects.requireNonNull(body), Optional.empty()));
    }

    /**
     * Sends a message that replies to another, which may be on its way still.
     *
     * @see #send(ClientId, MessageBody)
     */
    public CompletionStage<Sent> reply(Target to, MessageBody body) {
        return reply(requests.newClientId(), to, body);
    }

    /** Sends a message that replies to another, under a client id. See {@link #send(ClientId, MessageBody)}. */
    public CompletionStage<Sent> reply(ClientId clientId, Target to, MessageBody body) {
        return requests.send(this, Outgoing.message(id, clientId, Objects.requireNonNull(body), Optional.of(to)));
    }

    // Changes. None waits for what it is about to have arrived: a message may be sent, edited and revoked in one
    // breath.

    /** Gives one of this user's messages another body. */
    public CompletionStage<Sent> edit(Target target, MessageBody body) {
        return change(new RoomChange.Edited(target, body, OptionalLong.empty()));
    }

    /** As {@link #edit(Target, MessageBody)}, but refused as {@code rev_conflict} if the message isn't as {@code seen} any more. */
    public CompletionStage<Sent> edit(Message seen, MessageBody body) {
        return change(new RoomChange.Edited(Target.at(seen.at()), body, OptionalLong.of(seen.rev())));
    }

    /** Takes a message back: one of this user's, or a moderator may anybody's. */
    public CompletionStage<Sent> revoke(Target target) {
        return change(new RoomChange.Revoked(target));
    }

    /**
     * Reacts to a message, or does so no more.
     *
     * @param key an emoji as a rule; at most {@value io.natterjack.core.Reaction#MAX_KEY_BYTES} bytes
     */
    public CompletionStage<Sent> react(Target target, String key, boolean on) {
        return change(new RoomChange.Reacted(target, key, on));
    }

    /** Pins a message, or does so no more. */
    public CompletionStage<Sent> pin(Target target, boolean on) {
        return change(new RoomChange.Pinned(target, on));
    }

    /** Invites somebody. */
    public CompletionStage<Sent> invite(UserId user) {
        return change(new RoomChange.Member(user, Standing.INVITED, Optional.empty(), 0));
    }

    /** Removes somebody, withdraws an invitation, or ends a ban. */
    public CompletionStage<Sent> remove(UserId user) {
        return change(new RoomChange.Member(user, false));
    }

    /**
     * Bans somebody.
     *
     * @param until when it ends, Unix milliseconds; 0 for never
     */
    public CompletionStage<Sent> ban(UserId user, long until) {
        return change(new RoomChange.Member(user, Standing.BANNED, Optional.empty(), until));
    }

    /** Gives a member another role. */
    public CompletionStage<Sent> role(UserId user, Role role) {
        return change(new RoomChange.Member(user, Standing.IN, Optional.of(role), 0));
    }

    /** Changes settings: {@code change} is a JSON object as {@link io.natterjack.core.RoomSettings#with} takes it. */
    public CompletionStage<Sent> set(String change) {
        return change(new RoomChange.Settings(change));
    }

    /**
     * Makes any change: now if the client is online, else as soon as it is, in order with messages and other changes of this room.
     *
     * @return completes when the server's store has it; {@code at} has seq 0 if it was a revocation of what hasn't come. Fails as {@link
     *     #send(ClientId, MessageBody)} does
     */
    public CompletionStage<Sent> change(RoomChange change) {
        return requests.send(this, Outgoing.change(id, requests.newClientId(), change));
    }

    /**
     * Says that this user has read all up to {@code at}; never goes back. Sent once a second at most; said again after a lost connection.
     * How much this device has at all, the client says by itself.
     */
    public void markRead(Cursor at) {
        engine.inRoom(this, feed -> feed.signals().markRead(at));
    }

    /** Says that this user is writing something, or is no more: to be called with each key stroke. */
    public void typing(boolean on) {
        engine.inRoom(this, feed -> feed.signals().type(on));
    }

    /** Reads the newest replies to a message. See {@link #latest}. */
    public CompletionStage<Page> replies(Cursor to, int limit) {
        return requests.history(
                this,
                OptionalLong.of(to.epoch()),
                HistoryQuery.latest(id, limit).repliesTo(to.seq()));
    }

    /** Reads the pinned messages. See {@link #latest}. */
    public CompletionStage<Page> pinned() {
        return requests.history(
                this,
                OptionalLong.empty(),
                HistoryQuery.latest(id, HistoryQuery.MAX_LIMIT).pinnedOnly());
    }

    /** Asks how far a message has come with the other members, and who has read it. */
    public CompletionStage<Receipts> receipts(Cursor at) {
        return requests.ask(
                "receipts of room " + id,
                request -> new PeopleRequest.Readers(request, id, at),
                answer -> answer instanceof PeopleAnswer.Receipts receipts
                        ? Optional.of(receipts.receipts())
                        : Optional.empty());
    }

    /**
     * Reads the newest messages. This and the other readings below wait until the client is online, and are asked again
     * after a lost connection. They don't go through the room's listener and don't move the {@link #cursor}.
     *
     * @param limit the most messages, 1 to {@value HistoryQuery#MAX_LIMIT}
     * @return completes with messages in the order of seqs. Fails with {@link RequestRefusedException} if the server says
     *     no ({@code target_unknown}: the epoch of the cursor is over), with {@link LimitExceededException} at once if too
     *     many readings are open
     */
    public CompletionStage<Page> latest(int limit) {
        return requests.history(this, OptionalLong.empty(), HistoryQuery.latest(id, limit));
    }

    /** Reads the last messages below {@code at}. See {@link #latest}. */
    public CompletionStage<Page> before(Cursor at, int limit) {
        return history(HistoryQuery.Direction.BEFORE, at, limit);
    }

    /** Reads the first messages above {@code at}. See {@link #latest}. */
    public CompletionStage<Page> after(Cursor at, int limit) {
        return history(HistoryQuery.Direction.AFTER, at, limit);
    }

    /** Reads messages on both sides of {@code at}, the one there included. See {@link #latest}. */
    public CompletionStage<Page> around(Cursor at, int limit) {
        return history(HistoryQuery.Direction.AROUND, at, limit);
    }

    /** Reads messages; which direction is a value here. See {@link #latest}. */
    public CompletionStage<Page> history(HistoryQuery.Direction direction, Cursor at, int limit) {
        return requests.history(this, OptionalLong.of(at.epoch()), new HistoryQuery(id, direction, at.seq(), limit));
    }

    /**
     * Ends the listening: the listener isn't called any more once this returns, but for a call that is being made. What was
     * sent before is still brought to an end, even across connections; then the server is told. Leaving twice does nothing.
     */
    public void leave() {
        left = true;
        requests.leave(this);
    }

    /** Tells whether the application is done with this room. Any thread. */
    boolean isLeft() {
        return left;
    }

    /** The room is over by the server's doing. Any thread. */
    void end() {
        left = true;
    }

    /** The listener has seen all up to {@code at}. Listener executor only. */
    void delivered(Cursor at) {
        cursor = at;
    }
}
