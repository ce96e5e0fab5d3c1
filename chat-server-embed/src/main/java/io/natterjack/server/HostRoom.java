package io.natterjack.server;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.server.engine.StoreReads;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The host application's hand in one room, from {@link ChatServer#room}. It may do all that its users may, and is asked no permission; no
 * interceptor sees what it does.
 *
 * <p><b>Threads.</b> Any thread may call any method, and none blocks. Stages complete on threads of the server: what follows them must be
 * short. They fail with {@link ChangeRefusedException} if the room doesn't take it, and with {@code StoreException} if it can't be read.
 */
public final class HostRoom {
    private static final int PAGE_BYTES = 1 << 20;

    private final RoomId id;
    private final UserId actor;
    private final PersistenceQueue queue;
    private final StoreReads reads;
    private final Supplier<Long> now;

    HostRoom(RoomId id, UserId actor, PersistenceQueue queue, StoreReads reads, Supplier<Long> now) {
        this.id = id;
        this.actor = actor;
        this.queue = queue;
        this.reads = reads;
        this.now = now;
    }

    public RoomId id() {
        return id;
    }

    /** Returns the same room in the hand of somebody: what is done there is done on behalf of {@code user}. */
    public HostRoom as(UserId user) {
        return new HostRoom(id, user, queue, reads, now);
    }

    // Messages.

    /** Posts a message under a new client id. */
    public CompletionStage<Outcome.Accepted> post(MessageBody body) {
        return post(newClientId(), body);
    }

    /** Posts a message; one that was posted under the same client id before isn't posted again. */
    public CompletionStage<Outcome.Accepted> post(ClientId clientId, MessageBody body) {
        return append(new Draft(id, actor, clientId, body));
    }

    /** Posts a message that replies to another. */
    public CompletionStage<Outcome.Accepted> reply(Cursor to, MessageBody body) {
        return append(Draft.reply(id, actor, newClientId(), body, Target.at(to)));
    }

    /** Gives a message, whoever wrote it, another body. */
    public CompletionStage<Outcome.Accepted> edit(Cursor at, MessageBody body) {
        return change(new RoomChange.Edited(Target.at(at), body, OptionalLong.empty()));
    }

    /** Revokes a message, whoever wrote it. */
    public CompletionStage<Outcome.Accepted> revoke(Cursor at) {
        return change(new RoomChange.Revoked(Target.at(at)));
    }

    /**
     * Reads messages; what is trimmed isn't there.
     *
     * @param limit 1 to {@value HistoryQuery#MAX_LIMIT}
     */
    public CompletionStage<Page> history(HistoryQuery.Direction direction, long seq, int limit) {
        HistoryQuery query = new HistoryQuery(id, direction, seq, limit).by(actor);
        return reads.read(store -> store.history(query, PAGE_BYTES));
    }

    /**
     * Reads the newest messages.
     *
     * @param limit 1 to {@value HistoryQuery#MAX_LIMIT}
     */
    public CompletionStage<Page> latest(int limit) {
        HistoryQuery query = HistoryQuery.latest(id, limit).by(actor);
        return reads.read(store -> store.history(query, PAGE_BYTES));
    }

    // The room.

    /** Makes the room. Refused with {@code room_exists} if there is something in it. */
    public CompletionStage<Outcome.Accepted> create(RoomSettings settings, UserId... owners) {
        return change(new RoomChange.Created(settings, List.of(owners)));
    }

    /** Changes settings: {@code change} is a JSON object as {@link RoomSettings#with} takes it. */
    public CompletionStage<Outcome.Accepted> set(String change) {
        return change(new RoomChange.Settings(change));
    }

    /** Returns the room as the actor stands to it. */
    public CompletionStage<RoomView> view() {
        return reads.read(store -> store.view(id, actor));
    }

    // Its members.

    /** Adds somebody, or changes their role. */
    public CompletionStage<Outcome.Accepted> add(UserId user, Role role) {
        return change(new RoomChange.Member(user, Standing.IN, Optional.of(role), 0));
    }

    /** Invites somebody. */
    public CompletionStage<Outcome.Accepted> invite(UserId user, Role role) {
        return change(new RoomChange.Member(user, Standing.INVITED, Optional.of(role), 0));
    }

    /** Removes somebody, withdraws an invitation, or ends a ban. */
    public CompletionStage<Outcome.Accepted> remove(UserId user) {
        return change(new RoomChange.Member(user, Standing.OUT, Optional.empty(), 0));
    }

    /** Bans somebody for a time. */
    public CompletionStage<Outcome.Accepted> ban(UserId user, Duration time) {
        long until = now.get() + time.toMillis();
        return change(new RoomChange.Member(user, Standing.BANNED, Optional.empty(), until));
    }

    /** Bans somebody for good. */
    public CompletionStage<Outcome.Accepted> ban(UserId user) {
        return change(new RoomChange.Member(user, Standing.BANNED, Optional.empty(), 0));
    }

    /**
     * Returns members, in the order of their ids' bytes.
     *
     * @param after the last one of the page before; nothing to begin
     * @param limit the most to return, 1 or more
     */
    public CompletionStage<List<Membership>> members(Optional<UserId> after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, was " + limit);
        }
        return reads.read(store -> store.members(id, Standing.IN, after, limit));
    }

    /** Makes any change. */
    public CompletionStage<Outcome.Accepted> change(RoomChange change) {
        return append(Draft.change(id, actor, newClientId(), Objects.requireNonNull(change)));
    }

    private static ClientId newClientId() {
        return new ClientId(ClientId.SERVERS_OWN + UUID.randomUUID());
    }

    private CompletionStage<Outcome.Accepted> append(Draft draft) {
        return queue.append(draft, new Flow()).thenApply(outcome -> {
            if (outcome instanceof Outcome.Accepted accepted) {
                return accepted;
            }
            throw new CompletionException(new ChangeRefusedException(id, (Outcome.Refused) outcome));
        });
    }
}
