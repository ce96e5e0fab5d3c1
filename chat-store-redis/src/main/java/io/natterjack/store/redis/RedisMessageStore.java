package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
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
import io.natterjack.core.spi.ChangedHeads;
import io.natterjack.core.spi.Fence;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.PeopleStore;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps rooms in Redis 7.0 or newer, for applications without an SQL database. Any number of processes may use the same Redis at once.
 * Everything stays in its memory.
 *
 * <p><b>Durability</b> is that of Redis, by its settings:
 *
 * <pre>
 *   appendonly no, the default          the process ends: all since the last snapshot is lost, or everything. Refused, see {@link Durability}
 *   appendfsync everysec                the process ends: nothing. The machine goes down: about a second. Logged as a warning
 *   appendfsync no                      the process ends: nothing. The machine goes down: half a minute or more. Logged as a warning
 *   appendfsync always                  nothing, at a third of the rate
 *   a replica takes over                what hadn't reached it, however the disk is used; {@code min-replicas-to-write} bounds that
 *   maxmemory-policy not noeviction     anything, at any time. Refused
 * </pre>
 *
 * <p><b>Epoch.</b> When Redis was started again, a replica has taken over, or keys were flushed, what it has may be older than what clients
 * were told. The first process that finds so begins a new epoch with what is there; clients then read their rooms again and send what
 * wasn't acknowledged. This happens at each start of Redis, also when nothing was lost, and when a server gets its first replica: that gives
 * its data another name.
 *
 * <p><b>Cluster.</b> Every master has some of the people and rooms. While one is away, with no replica that takes over, what needs it is {@code
 * UNAVAILABLE}: that is also whatever asks for all rooms or people at once, so no room can be relied on then.
 *
 * <p><b>Cost.</b> Messages are found by the seq of their event, so a history with few messages among many other events is slower to read.
 * There is no index for searches: one looks at message after message, the newest first. A list of rooms asks for the time of each of the
 * person's rooms.
 *
 * <p><b>Rights.</b> A Redis user of its own needs these, here for the prefix {@code natterjack}: {@code resetkeys ~natterjack{p*}/* -@all}, and
 * {@value #COMMANDS}; of Redis 7.2 and newer {@code +client|setinfo} too; and {@code +select} if the address names a database other than 0.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis: two seconds at most for each answer, of which an operation needs one or a
 * few.
 */
public final class RedisMessageStore implements MessageStore {
    /** What a Redis user has to be allowed; the last line for a Cluster only. */
    static final String COMMANDS = "+ping +info +hello +auth +client|setname +config|get +time"
            + " +eval +evalsha +script|exists +script|load +get +set +del +exists"
            + " +hget +hmget +hgetall +hkeys +hset +hsetnx +hdel +hincrby"
            + " +zadd +zcard +zrange +zrem +zremrangebylex +zremrangebyscore +zscore +zmscore"
            + " +cluster|myid +cluster|nodes +cluster|slots +cluster|shards +readonly +asking";

    private final RedisConnections connections;
    private final Appends appends;
    private final Fences fences;
    private final Reads reads;
    private final ChangedRooms changedRooms;
    private final RoomReads rooms;
    private final InboxReads inbox;
    private final Searches searches;
    private final PeopleKeys people;
    private final ListenerKeys listeners;

    private RedisMessageStore(RedisConnections connections, Calls calls, Keys keys) {
        this.connections = connections;
        this.appends = new Appends(calls, keys);
        this.fences = new Fences(calls, keys);
        this.reads = new Reads(calls, keys);
        this.changedRooms = new ChangedRooms(calls, keys, reads::heads);
        this.rooms = new RoomReads(calls, keys);
        this.inbox = new InboxReads(calls, keys, reads);
        this.searches = new Searches(calls, keys, rooms, inbox, reads);
        this.people = new PeopleKeys(calls, keys, inbox);
        this.listeners = new ListenerKeys(calls, keys);
    }

    /**
     * Opens a store with the options of {@link #builder} as they are.
     *
     * @param uri {@code redis://[USER:PASSWORD@]HOST:PORT[/DB]}; {@code rediss://} with TLS; {@code
     *     redis-sentinel://[PASSWORD@]HOST:PORT,HOST:PORT#MASTER}; of a Cluster the addresses of some of its servers, {@code
     *     redis://HOST:PORT,HOST:PORT}
     * @throws StoreException if Redis can't be reached, is older than 7.0, or may lose what it has acknowledged
     * @throws IllegalArgumentException if it isn't such an address
     */
    public static RedisMessageStore connect(String uri) {
        return builder(uri).open();
    }

    /** Begins a store in the Redis at {@code uri}, see {@link #connect}. */
    public static Builder builder(String uri) {
        return new Builder(uri);
    }

    /** Options of a store. Not thread-safe. */
    public static final class Builder {
        private final String uri;
        private String prefix = "natterjack";
        private Durability durability = Durability.REQUIRED;

        private Builder(String uri) {
            this.uri = Objects.requireNonNull(uri);
        }

        /**
         * What the names of all keys begin with, so that several applications may use one Redis: 1 to 32 characters of {@code A-Z a-z 0-9 _
         * . : -}. Default {@code natterjack}.
         */
        public Builder prefix(String prefix) {
            if (!prefix.matches("[A-Za-z0-9_.:-]{1,32}")) {
                throw new IllegalArgumentException(
                        "prefix must be 1 to 32 letters, digits and _ . : -, was \"" + prefix + "\"");
            }
            this.prefix = prefix;
            return this;
        }

        /** What to do if Redis may lose what it has acknowledged. Default {@link Durability#REQUIRED}. */
        public Builder durability(Durability durability) {
            this.durability = Objects.requireNonNull(durability);
            return this;
        }

        /** Opens the store. Throws as {@link RedisMessageStore#connect} does. */
        public RedisMessageStore open() {
            Keys keys = new Keys(prefix);
            RedisConnections connections = RedisConnections.open(uri);
            boolean done = false;
            try {
                DurabilityCheck.check(new Servers(connections, keys), durability);
                Calls calls = new Calls(connections, keys, durability);
                calls.open();
                done = true;
                return new RedisMessageStore(connections, calls, keys);
            } finally {
                if (!done) {
                    connections.close();
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Redis";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        return appends.append(batch, null);
    }

    @Override
    public List<Outcome> append(List<Draft> batch, Fence fence) {
        return appends.append(batch, Objects.requireNonNull(fence));
    }

    @Override
    public Fence raiseFence(String name) {
        return fences.raise(name);
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return reads.eventsAfter(room, seq, maxEvents, maxBytes);
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> asked) {
        return reads.heads(asked);
    }

    @Override
    public ChangedHeads headsChangedSince(long since, int limit) {
        return changedRooms.since(since, limit);
    }

    @Override
    public RoomView view(RoomId room, UserId user) {
        return rooms.view(room, user);
    }

    @Override
    public Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
        return rooms.find(room, sender, clientId);
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        return reads.history(query, maxBytes);
    }

    @Override
    public Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        return reads.changes(room, reader, floor, sinceRev, limit, maxBytes);
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        return rooms.membership(room, user);
    }

    @Override
    public List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return rooms.members(room, standing, after, limit);
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        rooms.mark(room, user, delivered, read);
    }

    @Override
    public void notifications(RoomId room, UserId user, Notify wanted) {
        rooms.notifications(room, user, wanted);
    }

    @Override
    public Receipts receipts(RoomId room, long seq, UserId sender) {
        return rooms.receipts(room, seq, sender);
    }

    @Override
    public void hold(RoomId room, boolean held) {
        rooms.hold(room, held);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        return inbox.inbox(user, after, limit);
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Collection<RoomId> asked) {
        return inbox.inbox(user, asked);
    }

    @Override
    public PeopleStore people() {
        return people;
    }

    @Override
    public ListenerStore listeners() {
        return listeners;
    }

    @Override
    public SearchPage search(SearchQuery query) {
        return searches.search(query);
    }

    @Override
    public void close() {
        connections.close();
    }
}
