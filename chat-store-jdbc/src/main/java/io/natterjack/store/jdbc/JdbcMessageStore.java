package io.natterjack.store.jdbc;

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
import io.natterjack.core.spi.PersistenceQueue;
import io.natterjack.core.spi.Scheduler;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rooms in a relational database: SQLite, PostgreSQL or MariaDB. Any number of processes may use the same database at once.
 *
 * <p>The store creates its tables, whose names begin with {@code chat_}, and brings them up to date at its start, unless the
 * application {@linkplain Builder#schemaByApplication does that}. What it has accepted survives the end of the process, of the
 * database and of the machine; a database that is set up to forget is refused (see {@link Durability}).
 *
 * <p><b>Threads.</b> Any thread may call, and every call blocks until the database has answered. A call holds one connection
 * at a time, so a pool of one is enough.
 *
 * <p><b>Time.</b> The store waits for locks of other writers about a second, then says {@code UNAVAILABLE}. How long it waits for
 * a connection, and for a database that doesn't answer at all, is for the {@link DataSource} to say: give it timeouts of a
 * second or a few (of PostgreSQL's driver, {@code socketTimeout} in seconds; of MariaDB's, in milliseconds).
 */
public final class JdbcMessageStore implements MessageStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcMessageStore.class);

    private final String what;
    private final Connections connections;
    private final Dialect dialect;
    private final LongSupplier wallMillis;
    private final Appends appends;
    private final Fences fences;
    private final Reads reads;
    private final RoomReads roomReads;
    private final InboxReads inbox;
    private final Searches searches;
    private final PeopleTables people;
    private final ListenerTables listeners;
    private final ChatOutbox outbox;
    private final RoomArchive archive;
    private final Retention retention;

    private JdbcMessageStore(
            String what, Connections connections, Dialect dialect, LongSupplier wallMillis, long epoch) {
        this.what = what;
        this.connections = connections;
        this.dialect = dialect;
        this.wallMillis = wallMillis;
        this.appends = new Appends(connections.writing(), dialect, epoch);
        this.fences = new Fences(connections.writing(), dialect);
        this.reads = new Reads(connections.reading(), dialect, epoch);
        this.roomReads = new RoomReads(connections, dialect, epoch);
        this.inbox = new InboxReads(connections, epoch);
        this.searches = new Searches(connections, dialect, epoch);
        this.people = new PeopleTables(connections);
        this.listeners = new ListenerTables(connections, new Leases(connections, dialect));
        this.outbox = new ChatOutbox();
        this.retention = new Retention(connections, wallMillis);
        this.archive = new RoomArchive(this, connections, appends, retention);
    }

    /**
     * Opens a store in an SQLite file, which is created if it doesn't exist. Needs {@code org.xerial:sqlite-jdbc}.
     *
     * <p>Beside the file SQLite keeps two more, {@code -wal} and {@code -shm}: they belong to the data. The file must be on a local
     * disk.
     *
     * @throws StoreException if the file can't be opened, or holds tables of a newer version
     * @throws IllegalStateException if the driver is missing
     */
    public static JdbcMessageStore sqlite(Path file) {
        return sqlite(file, System::currentTimeMillis);
    }

    static JdbcMessageStore sqlite(Path file, LongSupplier wallMillis) {
        Dialect dialect = new SqliteDialect();
        return open(
                "SQLite file " + file,
                Connections.to(sqliteFile(file, dialect)),
                dialect,
                Durability.REQUIRED,
                Schema.Owner.STORE,
                wallMillis);
    }

    private static SqliteFile sqliteFile(Path file, Dialect dialect) {
        try {
            return new SqliteFile(file, dialect);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("The SQLite driver is missing: add org.xerial:sqlite-jdbc", e);
        }
    }

    /**
     * Opens a store in the database of {@code dataSource}, with the options of {@link #builder} as they are.
     *
     * @param dataSource a connection pool, as a rule; it stays the caller's to close
     * @throws StoreException if the database can't be reached, may lose commits, has settings that the store can't work with, or
     *     holds tables of a newer version
     * @throws IllegalArgumentException if it is another database
     */
    public static JdbcMessageStore create(DataSource dataSource) {
        return builder(dataSource).open();
    }

    /** Begins a store in the database of {@code dataSource}, which stays the caller's to close. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** Options of a store. Not thread-safe. */
    public static final class Builder {
        private final DataSource dataSource;
        private Durability durability = Durability.REQUIRED;
        private Schema.Owner owner = Schema.Owner.STORE;
        private LongSupplier wallMillis = System::currentTimeMillis;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource);
        }

        /** What to do if the database may lose commits. Default {@link Durability#REQUIRED}. */
        public Builder durability(Durability durability) {
            this.durability = Objects.requireNonNull(durability);
            return this;
        }

        /**
         * Says that the application makes the tables and brings them up to date itself, with what {@link #schema} says. The store
         * then doesn't start if they aren't.
         */
        public Builder schemaByApplication() {
            this.owner = Schema.Owner.APPLICATION;
            return this;
        }

        /** The clock that gives messages their time, in Unix milliseconds. Default {@link System#currentTimeMillis}. */
        Builder clock(LongSupplier wallMillis) {
            this.wallMillis = wallMillis;
            return this;
        }

        /** Opens the store. Throws as {@link JdbcMessageStore#create} does. */
        public JdbcMessageStore open() {
            Dialect dialect = dialectOf(dataSource);
            return JdbcMessageStore.open(
                    dialect.title() + " database",
                    Connections.from(dataSource, dialect),
                    dialect,
                    durability,
                    owner,
                    wallMillis);
        }
    }

    /**
     * Begins a new epoch in the database of {@code dataSource}: to be called once after it was restored from a backup, before any
     * server uses it again. Clients then notice that what they were told after the backup is gone; without it, they would take new
     * messages for those they had seen under the same numbers. A copy that {@link RoomArchive#backup} made does this by itself.
     */
    public static void beginEpoch(DataSource dataSource) {
        Dialect dialect = dialectOf(dataSource);
        read(() -> Connections.from(dataSource, dialect).writing().withHandle(handle -> {
            Schema.beginEpoch(handle, System.currentTimeMillis());
            return true;
        }));
    }

    /**
     * Returns the SQL statements that bring the tables of this store from version {@code from} to the one that this release needs,
     * each ended by a semicolon and a line's end: for applications that keep their schema under their own control.
     *
     * @param database {@code postgresql}, {@code mariadb} or {@code sqlite}
     * @param from the version that the tables have ({@code select schema_version from chat_store}); 0 if there are none
     * @throws IllegalArgumentException if there is no such database
     */
    public static String schema(String database, int from) {
        if (!List.of("postgresql", "mariadb", "sqlite").contains(database)) {
            throw new IllegalArgumentException("database must be postgresql, mariadb or sqlite, was " + database);
        }
        return Schema.script(database, from, System.currentTimeMillis());
    }

    private static Dialect dialectOf(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            return switch (product) {
                case "PostgreSQL" -> new PostgresDialect();
                case "MariaDB" -> new MariaDialect(true);
                case "MySQL" -> new MariaDialect(false);
                case "SQLite" -> new SqliteDialect();
                default ->
                    throw new IllegalArgumentException(
                            "database must be PostgreSQL, MariaDB, MySQL or SQLite, was " + product);
            };
        } catch (SQLException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, SqlWhy.of("The database can't be reached", e), e);
        }
    }

    private static JdbcMessageStore open(
            String what,
            Connections connections,
            Dialect dialect,
            Durability durability,
            Schema.Owner owner,
            LongSupplier wallMillis) {
        try {
            long epoch = connections.writing().withHandle(handle -> {
                check(handle, dialect, durability);
                return Schema.open(handle, dialect, owner, wallMillis.getAsLong());
            });
            return new JdbcMessageStore(what, connections, dialect, wallMillis, epoch);
        } catch (JdbiException e) {
            connections.close().run();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, SqlWhy.of("The " + what + " can't be opened", e), e);
        } catch (RuntimeException e) {
            connections.close().run();
            throw e;
        }
    }

    private static void check(Handle handle, Dialect dialect, Durability durability) {
        dialect.unusableSetting(handle).ifPresent(problem -> {
            throw new StoreException(StoreException.Kind.REJECTED, problem);
        });
        dialect.durabilityProblem(handle).ifPresent(problem -> {
            if (durability == Durability.REQUIRED) {
                throw new StoreException(
                        StoreException.Kind.REJECTED,
                        problem + ": it would forget acknowledged messages. For data that may be lost:"
                                + " JdbcMessageStore.builder(…).durability(Durability."
                                + Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES + ")");
            }
            LOG.warn("{}: acknowledged messages may be lost", problem);
        });
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        return appends.append(batch, this::clock);
    }

    @Override
    public List<Outcome> append(List<Draft> batch, Fence fence) {
        return appends.append(batch, this::clock, handle -> Fences.check(handle, fence));
    }

    private ToLongFunction<Draft> clock() {
        long now = wallMillis.getAsLong();
        return draft -> now;
    }

    @Override
    public Fence raiseFence(String name) {
        return fences.raise(name);
    }

    @Override
    public List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        return read(() -> reads.eventsAfter(room, seq, maxEvents, maxBytes));
    }

    @Override
    public Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        return read(() -> reads.heads(rooms));
    }

    @Override
    public ChangedHeads headsChangedSince(long since, int limit) {
        return read(() -> reads.headsChangedSince(since, limit));
    }

    @Override
    public RoomView view(RoomId room, UserId user) {
        return read(() -> roomReads.view(room, user));
    }

    @Override
    public Optional<Known> find(RoomId room, UserId sender, ClientId clientId) {
        return read(() -> roomReads.find(room, sender, clientId));
    }

    @Override
    public Page history(HistoryQuery query, int maxBytes) {
        return read(() -> reads.history(query, maxBytes));
    }

    @Override
    public Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        return read(() -> reads.changes(room, reader, floor, sinceRev, limit, maxBytes));
    }

    @Override
    public Optional<Membership> membership(RoomId room, UserId user) {
        return read(() -> roomReads.membership(room, user));
    }

    @Override
    public List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return read(() -> roomReads.members(room, standing, after, limit));
    }

    @Override
    public void mark(RoomId room, UserId user, long delivered, long read) {
        read(() -> {
            roomReads.mark(room, user, delivered, read);
            return true;
        });
    }

    @Override
    public void hold(RoomId room, boolean held) {
        appends.inRoom(room, handle -> {
            int value = held ? 1 : 0;
            if (handle.execute("update chat_room set held = ? where room = ?", value, room.value()) == 0) {
                handle.execute(
                        "insert into chat_room (room, last_seq, last_ts, updated_at, held) values (?, 0, 0, "
                                + dialect.nowMillis() + ", ?)",
                        room.value(),
                        value);
            }
        });
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        return read(() -> inbox.inbox(user, after, limit));
    }

    @Override
    public List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms) {
        return read(() -> inbox.inbox(user, rooms));
    }

    @Override
    public void notifications(RoomId room, UserId user, Notify wanted) {
        read(() -> {
            roomReads.notifications(room, user, wanted);
            return true;
        });
    }

    @Override
    public Receipts receipts(RoomId room, long seq, UserId sender) {
        return read(() -> roomReads.receipts(room, seq, sender));
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
        return read(() -> searches.search(query));
    }

    /** Returns where messages are: {@code SQLite file chat.db}, {@code PostgreSQL database}. */
    @Override
    public String toString() {
        return what;
    }

    static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (JdbiException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, SqlWhy.of("The database can't be read", e), e);
        }
    }

    /** Returns the way for messages that commit with the application's own transactions. */
    public ChatOutbox outbox() {
        return outbox;
    }

    /** Returns the hand on what is kept: retention, export, erasure, import, backup. */
    public RoomArchive archive() {
        return archive;
    }

    @Override
    public Upkeep begin(PersistenceQueue queue, Scheduler scheduler, Executor threads) {
        archive.appendThrough(queue);
        OutboxRelay relay = new OutboxRelay(connections, queue, scheduler, threads);
        outbox.relayThrough(relay);
        Upkeep upkeep = new Housekeeping(new Leases(connections, dialect), relay, retention, queue, scheduler, threads);
        return () -> {
            upkeep.close();
            outbox.noLongerThrough(relay);
            archive.noLongerThrough(queue);
        };
    }

    @Override
    public int appendConcurrency() {
        return dialect.appendConcurrency();
    }

    @Override
    public boolean isShared() {
        return true;
    }

    /** {@inheritDoc} A data source that was passed in stays open. */
    @Override
    public void close() {
        connections.close().run();
    }
}
