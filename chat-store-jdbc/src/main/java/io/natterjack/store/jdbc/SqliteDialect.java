package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.core.text.SearchWords;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * SQLite: one writer at a time in all processes, readers beside it. The transaction that writes is the lock of every room.
 */
final class SqliteDialect implements Dialect {
    /** How many rows a statement may name, so that its parameters stay below SQLite's limit. */
    private static final int PART = 500;

    private static final int BUSY = 5;
    private static final int CONSTRAINT = 19;
    private static final int TOO_BIG = 18;
    private static final int MISMATCH = 20;

    private static final String WAIT = "pragma busy_timeout = " + Connections.WAIT_MILLIS;
    private static final String NOW = "cast(unixepoch('subsec') * 1000 as integer)";

    private static final String INSERT =
            "insert into chat_message (room, seq, rev, sender, cid, content_hash, ts, body, kind, target)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String INSERT_SEARCH = "insert into chat_search (room, seq) values (?, ?)";

    private static final String INSERT_WORDS =
            "insert into chat_words (rowid, words) select id, ? from chat_search where room = ? and seq = ?";

    private static final String GONE = "select s.id from chat_search s join chat_message m"
            + " on m.room = s.room and m.seq = s.seq where m.gone = 1 and s.room = ? and ";

    private static final String SAVE_ROOM =
            "insert into chat_room (room, last_seq, last_ts, updated_at) values (?, ?, ?, "
                    + NOW + ") on conflict (room) do update"
                    + " set last_seq = excluded.last_seq, last_ts = excluded.last_ts, updated_at = excluded.updated_at";

    @Override
    public String title() {
        return "SQLite";
    }

    @Override
    public String name() {
        return "sqlite";
    }

    @Override
    public int appendConcurrency() {
        return 1;
    }

    /**
     * {@inheritDoc} In WAL mode with synchronous = FULL every commit is flushed to the disk. The timeout is for what seldom keeps a
     * reader waiting; writers wait at {@link #begin}.
     */
    @Override
    public void prepare(Connection connection) throws SQLException {
        Dialect.super.prepare(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(WAIT);
            if (!"wal".equals(one(statement, "pragma journal_mode"))) {
                turnToWal(statement);
            }
            statement.execute("pragma synchronous = full");
            statement.execute("pragma fullfsync = on"); // macOS alone has more than one way to flush
        }
    }

    /** Where several turn at once, SQLite refuses all but one right away, whatever the timeout, lest they wait for each other. */
    private static void turnToWal(Statement statement) throws SQLException {
        long start = System.nanoTime();
        while (true) {
            try {
                statement.execute("pragma journal_mode = wal");
                return;
            } catch (SQLException e) {
                boolean inTime = System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(Connections.WAIT_MILLIS);
                if (primaryCode(e) != BUSY || !inTime) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    @Override
    public Optional<String> durabilityProblem(Handle handle) {
        String journal =
                handle.createQuery("pragma journal_mode").mapTo(String.class).one();
        int synchronous =
                handle.createQuery("pragma synchronous").mapTo(Integer.class).one();
        return journal.equals("wal") && synchronous >= 2
                ? Optional.empty()
                : Optional.of("SQLite runs with journal_mode = " + journal + " and synchronous = " + synchronous
                        + ", and neither an in-memory database nor some file systems can have wal and full");
    }

    @Override
    public Optional<String> unusableSetting(Handle handle) {
        String encoding =
                handle.createQuery("pragma encoding").mapTo(String.class).one();
        return encoding.equals("UTF-8")
                ? Optional.empty()
                : Optional.of("The SQLite file is encoded in " + encoding
                        + ", in which ids sort otherwise; it must be UTF-8");
    }

    @Override
    public void beginSchemaChange(Handle handle) {
        begin(handle);
    }

    @Override
    public void endSchemaChange(Handle handle, boolean keep) {
        if (keep) {
            commit(handle);
        } else {
            rollback(handle);
        }
    }

    @Override
    public boolean hasTable(Handle handle, String table) {
        return handle.createQuery("select count(*) from sqlite_master where type = 'table' and name = ?")
                        .bind(0, table)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    @Override
    public Locked begin(Handle handle, SortedSet<RoomId> rooms, List<Draft> batch) {
        begin(handle);
        Map<RoomId, RoomState> states = rooms(handle, rooms);
        for (RoomId room : rooms) {
            states.putIfAbsent(room, RoomState.NEW);
        }
        return new Locked(states, known(handle, batch));
    }

    @Override
    public Map<ResendKey, Known> known(Handle handle, List<Draft> drafts) {
        return Rows.known(handle, drafts, PART, SqliteDialect::knownQuery);
    }

    private static String knownQuery(int drafts) {
        return "with d (room, sender, cid) as (values "
                + String.join(", ", nCopies(drafts, "(?, ?, ?)"))
                + ") select m.room, m.sender, m.cid, m.content_hash, m.seq, m.ts, m.target from d cross join chat_message m"
                + " on m.room = d.room and m.sender = d.sender and m.cid = d.cid";
    }

    /**
     * Begins by hand: the driver's own transactions begin as readers, and a reader that turns writer may be refused for good. The
     * waiting is by hand too: left to itself, SQLite asks ever more rarely, and beside a busy process it would hardly get a turn.
     */
    static void begin(Handle handle) {
        handle.execute("pragma busy_timeout = 5");
        try {
            long start = System.nanoTime();
            boolean inTime = true;
            while (!tryBegin(handle, inTime)) {
                inTime = System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(Connections.WAIT_MILLIS);
            }
        } finally {
            // The connection is kept, and other writes on it leave the waiting to SQLite.
            handle.execute(WAIT);
        }
    }

    private static boolean tryBegin(Handle handle, boolean mayTryAgain) {
        try {
            handle.execute("begin immediate");
            return true;
        } catch (UnableToExecuteStatementException e) {
            boolean busy = e.getCause() instanceof SQLException cause && primaryCode(cause) == BUSY;
            if (busy && mayTryAgain) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void write(Handle handle, AppendPlan plan) {
        if (plan.rows().isEmpty()) {
            return;
        }
        PreparedBatch messages = handle.prepareBatch(INSERT);
        for (Row row : plan.rows()) {
            Draft draft = row.draft();
            messages.bind(0, draft.room().value())
                    .bind(1, row.seq())
                    .bind(2, row.seq())
                    .bind(3, draft.sender().value())
                    .bind(4, draft.clientId().value())
                    .bind(5, draft.contentHash())
                    .bind(6, row.timestamp())
                    .bind(7, row.body())
                    .bind(8, row.kind())
                    .bind(9, row.target())
                    .add();
        }
        messages.execute();
        writeWords(handle, plan);
        PreparedBatch rooms = handle.prepareBatch(SAVE_ROOM);
        plan.rooms()
                .forEach((room, state) -> rooms.bind(0, room.value())
                        .bind(1, state.lastSeq())
                        .bind(2, state.lastTimestamp())
                        .add());
        rooms.execute();
    }

    private static void writeWords(Handle handle, AppendPlan plan) {
        PreparedBatch places = handle.prepareBatch(INSERT_SEARCH);
        PreparedBatch words = handle.prepareBatch(INSERT_WORDS);
        for (Row row : plan.rows()) {
            String tokens = row.words();
            if (!tokens.isEmpty()) {
                String room = row.draft().room().value();
                places.bind(0, room).bind(1, row.seq()).add();
                words.bind(0, tokens).bind(1, room).bind(2, row.seq()).add();
            }
        }
        if (places.size() > 0) {
            places.execute();
            words.execute();
        }
    }

    @Override
    public void setWords(Handle handle, RoomId room, long seq, String words) {
        handle.execute(
                "delete from chat_words where rowid = (select id from chat_search where room = ? and seq = ?)",
                room.value(),
                seq);
        handle.execute("delete from chat_search where room = ? and seq = ?", room.value(), seq);
        if (!words.isEmpty()) {
            handle.execute(INSERT_SEARCH, room.value(), seq);
            handle.execute(INSERT_WORDS, words, room.value(), seq);
        }
    }

    @Override
    public String takeBody() {
        return "body = '{}', gone = 1";
    }

    @Override
    public void forgetWords(Handle handle, RoomId room, List<Long> seqs) {
        Query query = handle.createQuery(GONE + "s.seq in (" + Rows.places(seqs.size()) + ")");
        query.bind(0, room.value());
        for (int i = 0; i < seqs.size(); i++) {
            query.bind(i + 1, seqs.get(i));
        }
        forgetWords(handle, query);
    }

    @Override
    public void forgetWordsUpTo(Handle handle, RoomId room, long upto) {
        forgetWords(
                handle,
                handle.createQuery(GONE + "s.seq <= ?").bind(0, room.value()).bind(1, upto));
    }

    private static void forgetWords(Handle handle, Query gone) {
        for (long id : gone.mapTo(Long.class).list()) {
            handle.execute("delete from chat_words where rowid = ?", id);
            handle.execute("delete from chat_search where id = ?", id);
        }
    }

    @Override
    public void commit(Handle handle) {
        handle.execute("commit");
    }

    @Override
    public void rollback(Handle handle) {
        try {
            handle.execute("rollback");
        } catch (UnableToExecuteStatementException noneIsOpen) {
            // It is what was wanted: SQLite ends a transaction itself after some errors.
        }
    }

    @Override
    public Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms) {
        return Rows.rooms(handle, rooms, PART, "");
    }

    @Override
    public String greatest() {
        return "max";
    }

    @Override
    public String nowMillis() {
        return NOW;
    }

    @Override
    public String searchJoin() {
        return " join chat_search s on s.room = m.room and s.seq = m.seq";
    }

    @Override
    public String searchCondition() {
        return "s.id in (select rowid from chat_words where chat_words match ?)";
    }

    @Override
    public String searchParameter(SearchWords.Wanted wanted) {
        List<String> terms = new ArrayList<>(wanted.tokens());
        wanted.prefixes().forEach(prefix -> terms.add(prefix + "*"));
        return String.join(" AND ", terms);
    }

    /** {@inheritDoc} Never here: SQLite waits for other writers itself, and has no deadlocks. */
    @Override
    public boolean isCollision(SQLException failure) {
        return false;
    }

    @Override
    public boolean isRejection(SQLException failure) {
        int code = primaryCode(failure);
        return code == CONSTRAINT || code == TOO_BIG || code == MISMATCH;
    }

    private static int primaryCode(SQLException failure) {
        return failure.getErrorCode() & 0xff;
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        }
    }
}
