package io.natterjack.store.jdbc;

import static java.util.stream.Collectors.toList;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/** PostgreSQL: row locks order the writers of a room; a batch is a few statements over arrays, however many drafts it has. */
final class PostgresDialect implements Dialect {
    /** Any number that no other program is likely to lock: the ASCII codes of "njack". */
    private static final long SCHEMA_LOCK = 0x6e6a61636bL;

    // One round trip. A pooled connection may come with any of these set otherwise.
    // - read committed: what is read after a lock was waited for must be what is there by then.
    // - the timeouts: a store answers within about a second, and a node that freezes in mid-transaction gives its rooms
    // back.
    // - no sequential scans: a plan that was made while a table was small would go on scanning it when it has grown.
    private static final String APPEND_SETTINGS = "set transaction isolation level read committed;"
            + "set local synchronous_commit = on;"
            + "set local lock_timeout = 1000;"
            + "set local idle_in_transaction_session_timeout = 5000;"
            + "set local enable_seqscan = off";

    private static final String ROOMS =
            "select room, last_seq, last_ts from chat_room where room = any(?) order by room";

    private static final String LOCK_ROOMS = ROOMS + " for update";

    private static final String CREATE_ROOMS = "insert into chat_room (room, last_seq, last_ts, updated_at)"
            + " select room, 0, 0, clock_timestamp() from unnest(?::text[]) as r (room) order by room"
            + " on conflict do nothing";

    // The inner limit keeps this a look-up in the index for each draft, whatever the planner believes about the sizes.
    private static final String KNOWN =
            "select m.* from unnest(?::text[], ?::text[], ?::text[]) as d (room, sender, cid)"
                    + " cross join lateral (select room, sender, cid, content_hash, seq, ts from chat_message"
                    + " where room = d.room and sender = d.sender and cid = d.cid limit 1) m";

    // Both at once saves a round trip.
    private static final String WRITE = "with inserted as ("
            + "insert into chat_message (room, seq, rev, sender, cid, content_hash, ts, body)"
            + " select room, seq, seq, sender, cid, content_hash, ts, body"
            + " from unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])"
            + " as d (room, seq, sender, cid, content_hash, ts, body))"
            + " update chat_room r set last_seq = d.last_seq, last_ts = d.last_ts, updated_at = clock_timestamp()"
            + " from unnest(?::text[], ?::bigint[], ?::bigint[]) as d (room, last_seq, last_ts) where r.room = d.room";

    /** For a test that looks at their plans. */
    static final List<String> STATEMENTS_OF_APPEND = List.of(LOCK_ROOMS, KNOWN, WRITE);

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public int appendConcurrency() {
        return 4;
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        // A connection that is always in a transaction would be taken for one in whose transaction all takes part.
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true);
        }
    }

    @Override
    public Optional<String> durabilityProblem(Handle handle) {
        for (String setting : List.of("fsync", "full_page_writes")) {
            if (!"on".equals(text(handle, "show " + setting))) {
                return Optional.of("PostgreSQL runs with " + setting + " off");
            }
        }
        return Optional.empty();
    }

    @Override
    public void beginSchemaChange(Handle handle) {
        handle.begin();
        handle.execute("select pg_advisory_xact_lock(?)", SCHEMA_LOCK);
    }

    @Override
    public boolean hasTable(Handle handle, String table) {
        return handle.createQuery("select to_regclass(?) is not null")
                .bind(0, table)
                .mapTo(Boolean.class)
                .one();
    }

    @Override
    public Map<RoomId, RoomState> beginAppend(Handle handle, SortedSet<RoomId> rooms) {
        Map<RoomId, RoomState> states = lock(handle, rooms);
        if (states.size() < rooms.size()) {
            // In a transaction of its own: with rooms locked already, waiting for others who create rooms could be a
            // deadlock.
            handle.rollback();
            handle.createUpdate(CREATE_ROOMS)
                    .bindArray(0, String.class, values(rooms))
                    .execute();
            states = lock(handle, rooms);
        }
        return states;
    }

    private static Map<RoomId, RoomState> lock(Handle handle, SortedSet<RoomId> rooms) {
        handle.begin();
        handle.execute(APPEND_SETTINGS);
        return rooms(handle, LOCK_ROOMS, rooms);
    }

    @Override
    public Map<ResendKey, Known> known(Handle handle, List<Draft> batch) {
        Query query = handle.createQuery(KNOWN)
                .bindArray(0, String.class, each(batch, draft -> draft.room().value()))
                .bindArray(1, String.class, each(batch, draft -> draft.sender().value()))
                .bindArray(
                        2, String.class, each(batch, draft -> draft.clientId().value()));
        return Rows.known(query);
    }

    @Override
    public void write(Handle handle, AppendPlan plan) {
        List<Row> rows = plan.rows();
        List<Map.Entry<RoomId, RoomState>> rooms = List.copyOf(plan.rooms().entrySet());
        Update update = handle.createUpdate(WRITE)
                .bindArray(0, String.class, each(rows, row -> row.draft().room().value()))
                .bindArray(1, Long.class, each(rows, Row::seq))
                .bindArray(
                        2, String.class, each(rows, row -> row.draft().sender().value()))
                .bindArray(
                        3,
                        String.class,
                        each(rows, row -> row.draft().clientId().value()))
                .bindArray(4, String.class, each(rows, row -> row.draft().contentHash()))
                .bindArray(5, Long.class, each(rows, Row::timestamp))
                .bindArray(6, String.class, each(rows, row -> row.draft().body().json()))
                .bindArray(7, String.class, each(rooms, room -> room.getKey().value()))
                .bindArray(8, Long.class, each(rooms, room -> room.getValue().lastSeq()))
                .bindArray(9, Long.class, each(rooms, room -> room.getValue().lastTimestamp()));
        update.execute();
    }

    @Override
    public void commit(Handle handle) {
        handle.commit();
    }

    @Override
    public void rollback(Handle handle) {
        if (handle.isInTransaction()) {
            handle.rollback();
        }
    }

    @Override
    public Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms) {
        return rooms(handle, ROOMS, rooms);
    }

    private static Map<RoomId, RoomState> rooms(Handle handle, String sql, Collection<RoomId> rooms) {
        Map<RoomId, RoomState> states = new HashMap<>();
        Rows.addRooms(handle.createQuery(sql).bindArray(0, String.class, values(rooms)), states);
        return states;
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

    private static List<String> values(Collection<RoomId> rooms) {
        return rooms.stream().map(RoomId::value).collect(toList());
    }

    private static <T, R> List<R> each(List<T> list, Function<T, R> part) {
        return list.stream().map(part).collect(toList());
    }
}
