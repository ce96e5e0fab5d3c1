package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.core.text.SearchWords;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * PostgreSQL: row locks order the writers of a room. A batch is two round trips, however many drafts it has: one that locks the
 * rooms and looks for duplicates, and one that writes and commits. Several statements of one text travel together, and each of
 * them sees what was committed when it began.
 */
final class PostgresDialect implements Dialect {
    /** Any number that no other program is likely to lock: the ASCII codes of "njack". */
    private static final long SCHEMA_LOCK = 0x6e6a61636bL;

    // A pooled connection may come with any of these set otherwise.
    // - read committed: what is read after a lock was waited for must be what is there by then.
    // - the timeouts: a store answers within about a second, and a node that freezes in mid-transaction gives its rooms
    // back.
    // - no sequential scans: a plan that was made while a table was small would go on scanning it when it has grown.
    private static final String APPEND_SETTINGS = "set transaction isolation level read committed;"
            + "select set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '1000', true),"
            + " set_config('idle_in_transaction_session_timeout', '5000', true),"
            + " set_config('enable_seqscan', 'off', true);";

    private static final String ROOMS =
            "select " + Rows.ROOM_COLUMNS + " from chat_room where room = any(?) order by room";

    private static final String LOCK_ROOMS = ROOMS + " for update";

    private static final String CREATE_ROOMS = "insert into chat_room (room, last_seq, last_ts, updated_at)"
            + " select room, 0, 0, clock_timestamp() from unnest(?::text[]) as r (room) order by room"
            + " on conflict do nothing";

    // The inner limit keeps this a look-up in the index for each draft, whatever the planner believes about the sizes.
    private static final String KNOWN =
            "select m.* from unnest(?::text[], ?::text[], ?::text[]) as d (room, sender, cid)"
                    + " cross join lateral (select room, sender, cid, content_hash, seq, ts, target from chat_message"
                    + " where room = d.room and sender = d.sender and cid = d.cid limit 1) m";

    private static final String WRITE = "with inserted as ("
            + "insert into chat_message (room, seq, rev, sender, cid, content_hash, ts, body, kind, target, words)"
            + " select room, seq, seq, sender, cid, content_hash, ts, body, kind, target,"
            + " case when words <> '' then array_to_tsvector(string_to_array(words, ' ')) end"
            + " from unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::int[],"
            + " ?::bigint[], ?::text[]) as d (room, seq, sender, cid, content_hash, ts, body, kind, target, words))"
            + " update chat_room r set last_seq = d.last_seq, last_ts = d.last_ts, updated_at = clock_timestamp()"
            + " from unnest(?::text[], ?::bigint[], ?::bigint[]) as d (room, last_seq, last_ts) where r.room = d.room";

    // The index knows the time in steps only. Milliseconds are cut before they become a number that may not be exact.
    private static final String CHANGED_ROOMS = "select room, last_seq,"
            + " cast(round(extract(epoch from date_trunc('milliseconds', updated_at)) * 1000) as bigint) as changed"
            + " from chat_room where changed_slot >= cast(:since as bigint) / 10000"
            + " and updated_at >= to_timestamp(cast(:since as bigint) / 1000.0)"
            + " and updated_at < to_timestamp(cast(:before as bigint) / 1000.0) and last_seq > 0"
            + " order by changed_slot, updated_at limit :limit";

    /** For a test that looks at their plans. */
    static final List<String> STATEMENTS_OF_APPEND = List.of(LOCK_ROOMS, KNOWN, WRITE);

    @Override
    public String title() {
        return "PostgreSQL";
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int appendConcurrency() {
        return 4;
    }

    @Override
    public Optional<String> durabilityProblem(Handle handle) {
        for (String setting : List.of("fsync", "full_page_writes")) {
            if (!"on".equals(text(handle, "show " + setting))) {
                return Optional.of("PostgreSQL runs with " + setting + " off (set " + setting + " = on)");
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> unusableSetting(Handle handle) {
        String encoding = text(handle, "show server_encoding");
        return encoding.equals("UTF8")
                ? Optional.empty()
                : Optional.of("The PostgreSQL database is encoded in " + encoding
                        + ", which can't hold all text; it must" + " be UTF8");
    }

    /** {@inheritDoc} Whoever waits for a table's lock keeps all who come after from the table: so it doesn't wait for long. */
    @Override
    public void beginSchemaChange(Handle handle) {
        handle.begin();
        // Under any other, what is seen once the lock is here would be from before it was waited for.
        handle.execute("set transaction isolation level read committed");
        handle.execute("select pg_advisory_xact_lock(?)", SCHEMA_LOCK);
        handle.execute("set local lock_timeout = '2s'");
    }

    @Override
    public boolean isLockedOut(SQLException failure) {
        return "55P03".equals(failure.getSQLState());
    }

    @Override
    public void endSchemaChange(Handle handle, boolean keep) {
        if (keep) {
            handle.commit();
        } else {
            handle.rollback();
        }
    }

    /** {@inheritDoc} Asks the catalog itself: what a name stands for is cached until the transaction ends. */
    @Override
    public boolean hasTable(Handle handle, String table) {
        return handle.createQuery("select exists (select 1 from pg_catalog.pg_class c"
                        + " where c.relname = ? and c.relkind in ('r', 'p') and pg_catalog.pg_table_is_visible(c.oid))")
                .bind(0, table)
                .mapTo(Boolean.class)
                .one();
    }

    @Override
    public Locked begin(Handle handle, SortedSet<RoomId> rooms, List<Draft> batch) throws SQLException {
        Connection connection = handle.getConnection();
        connection.setAutoCommit(false);
        Locked locked = lock(connection, APPEND_SETTINGS, rooms, batch);
        if (locked.rooms().size() < rooms.size()) {
            try (PreparedStatement create = connection.prepareStatement(CREATE_ROOMS)) {
                create.setArray(1, texts(connection, rooms, RoomId::value));
                create.executeUpdate();
            }
            locked = lock(connection, "", rooms, batch);
        }
        return locked;
    }

    private static Locked lock(Connection connection, String settings, Collection<RoomId> rooms, List<Draft> batch)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(settings + LOCK_ROOMS + ";" + KNOWN)) {
            lock.setArray(1, texts(connection, rooms, RoomId::value));
            lock.setArray(2, texts(connection, batch, draft -> draft.room().value()));
            lock.setArray(3, texts(connection, batch, draft -> draft.sender().value()));
            lock.setArray(4, texts(connection, batch, draft -> draft.clientId().value()));
            lock.execute();
            if (!settings.isEmpty()) {
                lock.getMoreResults(); // from the isolation level to what set_config said
                lock.getMoreResults();
            }
            Map<RoomId, RoomState> states = new HashMap<>();
            try (ResultSet result = lock.getResultSet()) {
                Rows.addRooms(result, states);
            }
            lock.getMoreResults();
            try (ResultSet result = lock.getResultSet()) {
                return new Locked(states, Rows.known(result));
            }
        }
    }

    @Override
    public Map<ResendKey, Known> known(Handle handle, List<Draft> drafts) {
        Connection connection = handle.getConnection();
        try (PreparedStatement known = connection.prepareStatement(KNOWN)) {
            known.setArray(1, texts(connection, drafts, draft -> draft.room().value()));
            known.setArray(2, texts(connection, drafts, draft -> draft.sender().value()));
            known.setArray(
                    3, texts(connection, drafts, draft -> draft.clientId().value()));
            try (ResultSet result = known.executeQuery()) {
                return Rows.known(result);
            }
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    @Override
    public void write(Handle handle, AppendPlan plan) throws SQLException {
        write(handle.getConnection(), WRITE, plan);
    }

    @Override
    public void writeAndCommit(Handle handle, AppendPlan plan) throws SQLException {
        write(handle.getConnection(), WRITE + ";commit", plan);
        handle.getConnection().setAutoCommit(true);
    }

    private static void write(Connection connection, String sql, AppendPlan plan) throws SQLException {
        List<Row> rows = plan.rows();
        List<Map.Entry<RoomId, RoomState>> rooms = List.copyOf(plan.rooms().entrySet());
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            write.setArray(1, texts(connection, rows, row -> row.draft().room().value()));
            write.setArray(2, longs(connection, rows, Row::seq));
            write.setArray(
                    3, texts(connection, rows, row -> row.draft().sender().value()));
            write.setArray(
                    4, texts(connection, rows, row -> row.draft().clientId().value()));
            write.setArray(5, texts(connection, rows, row -> row.draft().contentHash()));
            write.setArray(6, longs(connection, rows, Row::timestamp));
            write.setArray(7, texts(connection, rows, Row::body));
            write.setArray(8, array(connection, "int", rows, Row::kind));
            write.setArray(9, longs(connection, rows, Row::target));
            write.setArray(10, texts(connection, rows, Row::words));
            write.setArray(11, texts(connection, rooms, room -> room.getKey().value()));
            write.setArray(12, longs(connection, rooms, room -> room.getValue().lastSeq()));
            write.setArray(13, longs(connection, rooms, room -> room.getValue().lastTimestamp()));
            write.execute();
        }
    }

    private static <T> Array texts(Connection connection, Collection<T> list, Function<T, String> part)
            throws SQLException {
        return array(connection, "text", list, part);
    }

    private static <T> Array longs(Connection connection, Collection<T> list, Function<T, Long> part)
            throws SQLException {
        return array(connection, "bigint", list, part);
    }

    private static <T> Array array(Connection connection, String type, Collection<T> list, Function<T, ?> part)
            throws SQLException {
        return connection.createArrayOf(type, list.stream().map(part).toArray());
    }

    @Override
    public void setWords(Handle handle, RoomId room, long seq, String words) {
        handle.execute(
                "update chat_message set words = case when ? <> '' then array_to_tsvector(string_to_array(?, ' ')) end"
                        + " where room = ? and seq = ?",
                words,
                words,
                room.value(),
                seq);
    }

    @Override
    public void commit(Handle handle) throws SQLException {
        try (PreparedStatement commit = handle.getConnection().prepareStatement("commit")) {
            commit.execute();
        }
        handle.getConnection().setAutoCommit(true);
    }

    @Override
    public void rollback(Handle handle) throws SQLException {
        Connection connection = handle.getConnection();
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms) {
        return handle.createQuery(ROOMS)
                .bindArray(0, String.class, rooms.stream().map(RoomId::value).toArray())
                .scanResultSet((result, context) -> Rows.addRooms(result.get(), new HashMap<>()));
    }

    @Override
    public String changedRooms() {
        return CHANGED_ROOMS;
    }

    @Override
    public String greatest() {
        return "greatest";
    }

    @Override
    public String nowMillis() {
        return "cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)";
    }

    @Override
    public String searchCondition() {
        return "m.words @@ cast(? as tsquery)";
    }

    /** {@inheritDoc} Tokens are plain ASCII letters and digits, so quotes are all that is needed. */
    @Override
    public String searchParameter(SearchWords.Wanted wanted) {
        List<String> terms = new ArrayList<>();
        wanted.tokens().forEach(token -> terms.add("'" + token + "'"));
        wanted.prefixes().forEach(prefix -> terms.add("'" + prefix + "':*"));
        return String.join(" & ", terms);
    }

    @Override
    public boolean isCollision(SQLException failure) {
        return "40001".equals(failure.getSQLState()) || "40P01".equals(failure.getSQLState());
    }

    /** {@inheritDoc} Classes: data exception, integrity constraint violation, program limit exceeded. */
    @Override
    public boolean isRejection(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    private static String text(Handle handle, String sql) {
        return handle.createQuery(sql).mapTo(String.class).one();
    }
}
