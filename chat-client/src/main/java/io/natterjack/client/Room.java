package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.RoomId;
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
    private final Requests requests;
    private volatile @Nullable Cursor cursor;
    private volatile boolean left;

    Room(RoomId id, Requests requests, @Nullable Cursor cursor) {
        this.id = id;
        this.requests = requests;
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
        return requests.send(this, Objects.requireNonNull(clientId), Objects.requireNonNull(body));
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
