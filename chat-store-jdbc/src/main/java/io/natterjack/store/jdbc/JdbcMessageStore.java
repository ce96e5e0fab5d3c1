package io.natterjack.store.jdbc;

import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.Outcome;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rooms in a relational database: SQLite or PostgreSQL. Any number of processes may use the same database at once.
 *
 * <p>The store creates its tables, whose names begin with {@code chat_}, and brings them up to date at its start. What it has
 * accepted survives the end of the process, of the database and of the machine; a database that is set up to forget is refused
 * (see {@link Durability}).
 *
 * <p><b>Threads.</b> Any thread may call, and every call blocks until the database has answered. A call holds one connection
 * at a time, so a pool of one is enough.
 *
 * <p><b>Time.</b> The store waits for locks of other writers about a second, then says {@code UNAVAILABLE}. How long it waits for
 * a connection, and for a database that doesn't answer at all, is for the {@link DataSource} to say: give it timeouts of a
 * second or a few (of PostgreSQL's driver, {@code socketTimeout}).
 */
public final class JdbcMessageStore implements MessageStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcMessageStore.class);

    /** How often a batch is tried whose transaction got in the way of another's. */
    private static final int ATTEMPTS = 5;

    private static final Comparator<RoomId> ORDER_OF_LOCKS = Comparator.comparing(RoomId::value);

    private final Connections connections;
    private final Dialect dialect;
    private final LongSupplier wallMillis;
    private final long epoch;
    private final Reads reads;

    private JdbcMessageStore(Connections connections, Dialect dialect, LongSupplier wallMillis, long epoch) {
        this.connections = connections;
        this.dialect = dialect;
        this.wallMillis = wallMillis;
        this.epoch = epoch;
        this.reads = new Reads(connections.reading(), dialect, epoch);
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
        return open(Connections.to(sqliteFile(file, dialect)), dialect, Durability.REQUIRED, wallMillis);
    }

    private static SqliteFile sqliteFile(Path file, Dialect dialect) {
        try {
            return new SqliteFile(file, dialect);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("The SQLite driver is missing: add org.xerial:sqlite-jdbc", e);
        }
    }

    /**
     * Opens a store in the database of {@code dataSource}, which must be SQLite or PostgreSQL and lose nothing that is committed.
     *
     * @param dataSource a connection pool, as a rule; it stays the caller's to close
     * @throws StoreException if the database can't be reached, may lose commits, or holds tables of a newer version
     * @throws IllegalArgumentException if it is another database
     */
    public static JdbcMessageStore create(DataSource dataSource) {
        return create(dataSource, Durability.REQUIRED);
    }

    /**
     * Opens a store in the database of {@code dataSource}, as {@link #create(DataSource)} does.
     *
     * @param durability what to do if the database may lose commits
     */
    public static JdbcMessageStore create(DataSource dataSource, Durability durability) {
        return create(dataSource, durability, System::currentTimeMillis);
    }

    static JdbcMessageStore create(DataSource dataSource, Durability durability, LongSupplier wallMillis) {
        Dialect dialect = dialectOf(dataSource);
        return open(Connections.from(dataSource, dialect), dialect, durability, wallMillis);
    }

    private static Dialect dialectOf(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            return switch (product) {
                case "PostgreSQL" -> new PostgresDialect();
                case "SQLite" -> new SqliteDialect();
                default -> throw new IllegalArgumentException("database must be PostgreSQL or SQLite, was " + product);
            };
        } catch (SQLException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "The database can't be reached", e);
        }
    }

    private static JdbcMessageStore open(
            Connections connections, Dialect dialect, Durability durability, LongSupplier wallMillis) {
        try {
            long epoch = connections.writing().withHandle(handle -> {
                checkDurability(handle, dialect, durability);
                return Schema.open(handle, dialect, wallMillis.getAsLong());
            });
            return new JdbcMessageStore(connections, dialect, wallMillis, epoch);
        } catch (JdbiException e) {
            connections.close().run();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "The " + dialect.name() + " database can't be opened", e);
        } catch (RuntimeException e) {
            connections.close().run();
            throw e;
        }
    }

    private static void checkDurability(Handle handle, Dialect dialect, Durability durability) {
        dialect.durabilityProblem(handle).ifPresent(problem -> {
            if (durability == Durability.REQUIRED) {
                throw new StoreException(
                        StoreException.Kind.REJECTED,
                        problem + ": it would forget acknowledged messages. If that may be, say so with "
                                + Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES);
            }
            LOG.warn("{}: acknowledged messages may be lost", problem);
        });
    }

    @Override
    public List<Outcome> append(List<Draft> batch) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one draft");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return connections.writing().withHandle(handle -> appendOnce(handle, batch));
            } catch (JdbiException e) {
                SQLException cause = sqlException(e);
                if (attempt == ATTEMPTS || !dialect.isCollision(cause)) {
                    boolean rejected = dialect.isRejection(cause);
                    throw new StoreException(
                            rejected ? StoreException.Kind.REJECTED : StoreException.Kind.UNAVAILABLE,
                            "A batch of " + batch.size() + " drafts could not be appended",
                            e);
                }
                LOG.debug("Attempt {} got in the way of another transaction", attempt, e);
            }
        }
    }

    private List<Outcome> appendOnce(Handle handle, List<Draft> batch) {
        AppendPlan plan;
        try {
            Map<RoomId, RoomState> rooms = dialect.beginAppend(handle, roomsOf(batch));
            plan = AppendPlan.of(batch, rooms, dialect.known(handle, batch), epoch, wallMillis.getAsLong());
            if (!plan.rows().isEmpty()) {
                dialect.write(handle, plan);
            }
        } catch (RuntimeException e) {
            rollback(handle, e);
            throw e;
        }
        commit(handle);
        return plan.outcomes();
    }

    /** Whatever goes wrong from here on, the batch may have been kept: it is never said to be rejected. */
    private void commit(Handle handle) {
        try {
            dialect.commit(handle);
        } catch (JdbiException e) {
            rollback(handle, e);
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "It isn't known whether a commit took place", e);
        }
    }

    private void rollback(Handle handle, RuntimeException why) {
        try {
            dialect.rollback(handle);
        } catch (JdbiException alsoFailed) {
            why.addSuppressed(alsoFailed);
        }
    }

    private static SortedSet<RoomId> roomsOf(List<Draft> batch) {
        SortedSet<RoomId> rooms = new TreeSet<>(ORDER_OF_LOCKS);
        batch.forEach(draft -> rooms.add(draft.room()));
        return rooms;
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
    public Page history(HistoryQuery query, int maxBytes) {
        return read(() -> reads.history(query, maxBytes));
    }

    @Override
    public Page changes(RoomId room, long sinceRev, int limit, int maxBytes) {
        return read(() -> reads.changes(room, sinceRev, limit, maxBytes));
    }

    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (JdbiException e) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "The database can't be read", e);
        }
    }

    private static SQLException sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        return new SQLException(failure);
    }

    @Override
    public int appendConcurrency() {
        return dialect.appendConcurrency();
    }

    /** {@inheritDoc} A data source that was passed in stays open. */
    @Override
    public void close() {
        connections.close().run();
    }
}
