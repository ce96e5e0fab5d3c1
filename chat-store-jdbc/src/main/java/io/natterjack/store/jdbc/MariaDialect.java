package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.Draft;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.text.SearchWords;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.core.statement.Update;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MariaDB with InnoDB: row locks order the writers of a room, and inserts take many rows a statement. MySQL is told from it by its
 * name and gets the same statements; nobody has tried it.
 *
 * <p>A transaction of an append takes its locks first and reads afterwards. InnoDB's snapshot begins with the first read that
 * locks nothing, so under any isolation level it has all that was committed before the locks were had.
 *
 * <p>Its timeouts hold for a session, not for a transaction: they are set before and set back after, since the connection is somebody else's.
 */
final class MariaDialect implements Dialect {
    private static final Logger LOG = LoggerFactory.getLogger(MariaDialect.class);

    /** How many rows a statement may have. */
    private static final int PART = 200;

    private static final int SCHEMA_LOCK_SECONDS = 60;
    private static final String SCHEMA_LOCK = "natterjack schema";

    /** Not of {@code now(3)}: that is local time, which summer time's end brings back by an hour. Both parts are of the statement's start. */
    private static final String NOW = "cast(unix_timestamp() * 1000 + floor(microsecond(now(6)) / 1000) as unsigned)";

    // A store answers within about a second, and a node that freezes in mid-transaction gives its rooms back.
    private static final String SET_TIMEOUTS =
            "set @chat_lock_wait = @@session.innodb_lock_wait_timeout," + " session innodb_lock_wait_timeout = 1";
    private static final String RESET_TIMEOUTS = "set session innodb_lock_wait_timeout = @chat_lock_wait";
    // MySQL has nothing like it.
    private static final String SET_IDLE_TIMEOUT =
            ", @chat_idle = @@session.idle_transaction_timeout," + " session idle_transaction_timeout = 5";
    private static final String RESET_IDLE_TIMEOUT = ", session idle_transaction_timeout = @chat_idle";

    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    private static final int CHANGED_SINCE_READ = 1020;

    private final boolean mariaDb;

    MariaDialect(boolean mariaDb) {
        this.mariaDb = mariaDb;
    }

    @Override
    public String title() {
        return "MariaDB";
    }

    @Override
    public String name() {
        return "mariadb";
    }

    @Override
    public int appendConcurrency() {
        return 4;
    }

    @Override
    public Optional<String> durabilityProblem(Handle handle) {
        Map<String, String> settings = settings(handle);
        if (!"1".equals(settings.get("innodb_flush_log_at_trx_commit"))) {
            return Optional.of("MariaDB runs with innodb_flush_log_at_trx_commit = "
                    + settings.get("innodb_flush_log_at_trx_commit") + " (set it to 1)");
        }
        if ("OFF".equals(settings.get("innodb_doublewrite"))) {
            return Optional.of("MariaDB runs with innodb_doublewrite = OFF (set it to ON)");
        }
        if (String.valueOf(settings.get("innodb_flush_method")).contains("nosync")) {
            return Optional.of("MariaDB runs with innodb_flush_method = " + settings.get("innodb_flush_method")
                    + " (set it to fsync)");
        }
        // After a crash the binary log decides which transactions there were.
        if ("ON".equals(settings.get("log_bin")) && !"1".equals(settings.get("sync_binlog"))) {
            return Optional.of(
                    "MariaDB writes a binary log with sync_binlog = " + settings.get("sync_binlog") + " (set it to 1)");
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> unusableSetting(Handle handle) {
        String mode = String.valueOf(settings(handle).get("sql_mode"));
        return mode.contains("STRICT_TRANS_TABLES") || mode.contains("STRICT_ALL_TABLES")
                ? Optional.empty()
                : Optional.of("sql_mode is " + mode + ", which cuts values off in silence; it must have"
                        + " STRICT_TRANS_TABLES");
    }

    private static Map<String, String> settings(Handle handle) {
        return handle.createQuery("show variables where variable_name in ('innodb_flush_log_at_trx_commit',"
                        + " 'innodb_doublewrite', 'innodb_flush_method', 'log_bin', 'sync_binlog', 'sql_mode')")
                .scanResultSet((result, context) -> {
                    Map<String, String> settings = new HashMap<>();
                    for (var row = result.get(); row.next(); ) {
                        settings.put(row.getString(1), row.getString(2));
                    }
                    return settings;
                });
    }

    /** {@inheritDoc} A lock by name: changes of a schema commit by themselves here. */
    @Override
    public void beginSchemaChange(Handle handle) {
        Integer got = handle.createQuery("select get_lock(?, ?)")
                .bind(0, SCHEMA_LOCK)
                .bind(1, SCHEMA_LOCK_SECONDS)
                .mapTo(Integer.class)
                .one();
        if (got == null || got != 1) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "another process has been changing the chat tables for " + SCHEMA_LOCK_SECONDS + " seconds");
        }
    }

    @Override
    public void endSchemaChange(Handle handle, boolean keep) {
        handle.createQuery("select release_lock(?)")
                .bind(0, SCHEMA_LOCK)
                .mapTo(Integer.class)
                .one();
    }

    @Override
    public boolean hasTable(Handle handle, String table) {
        return handle.createQuery("select count(*) from information_schema.tables"
                                + " where table_schema = database() and table_name = ?")
                        .bind(0, table)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    @Override
    public Locked begin(Handle handle, SortedSet<RoomId> rooms, List<Draft> batch) {
        handle.execute(mariaDb ? SET_TIMEOUTS + SET_IDLE_TIMEOUT : SET_TIMEOUTS);
        handle.execute("start transaction");
        Map<RoomId, RoomState> states = lock(handle, rooms);
        if (states.size() < rooms.size()) {
            // Asking for rooms that aren't there has locked the gaps where they would be, which others may have done
            // too: whoever
            // then inserts waits for the others, and they for him. So the rooms are made by a statement of its own.
            handle.execute("rollback");
            create(handle, rooms);
            handle.execute("start transaction");
            states = lock(handle, rooms);
        }
        return new Locked(states, known(handle, batch));
    }

    @Override
    public Map<ResendKey, Known> known(Handle handle, List<Draft> drafts) {
        return Rows.known(handle, drafts, PART, MariaDialect::knownQuery);
    }

    private static void create(Handle handle, SortedSet<RoomId> rooms) {
        for (List<RoomId> part : Rows.parts(new ArrayList<>(rooms), PART)) {
            Update create =
                    handle.createUpdate("insert ignore into chat_room (room, last_seq, last_ts, updated_at) values "
                            + String.join(", ", nCopies(part.size(), "(?, 0, 0, " + NOW + ")")));
            for (int i = 0; i < part.size(); i++) {
                create.bind(i, part.get(i).value());
            }
            create.execute();
        }
    }

    /** One look-up in the index for each draft, in one statement. */
    static String knownQuery(int drafts) {
        return String.join(
                " union all ",
                nCopies(
                        drafts,
                        "(select room, sender, cid, content_hash, seq, ts, target from chat_message"
                                + " where room = ? and sender = ? and cid = ?)"));
    }

    private Map<RoomId, RoomState> lock(Handle handle, Collection<RoomId> rooms) {
        return Rows.rooms(
                handle, rooms, PART, mariaDb ? " order by room for update wait 1" : " order by room for update");
    }

    @Override
    public void write(Handle handle, AppendPlan plan) {
        for (List<Row> part : Rows.parts(plan.rows(), PART)) {
            Update insert = handle.createUpdate("insert into chat_message"
                    + " (room, seq, rev, sender, cid, content_hash, ts, body, kind, target, words) values "
                    + String.join(", ", nCopies(part.size(), "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''))")));
            int position = 0;
            for (Row row : part) {
                Draft draft = row.draft();
                insert.bind(position++, draft.room().value())
                        .bind(position++, row.seq())
                        .bind(position++, row.seq())
                        .bind(position++, draft.sender().value())
                        .bind(position++, draft.clientId().value())
                        .bind(position++, draft.contentHash())
                        .bind(position++, row.timestamp())
                        .bind(position++, row.body())
                        .bind(position++, row.kind())
                        .bind(position++, row.target())
                        .bind(position++, row.words());
            }
            insert.execute();
        }
        List<Map.Entry<RoomId, RoomState>> rooms = List.copyOf(plan.rooms().entrySet());
        for (List<Map.Entry<RoomId, RoomState>> part : Rows.parts(rooms, PART)) {
            Update update = handle.createUpdate("insert into chat_room (room, last_seq, last_ts, updated_at) values "
                    + String.join(", ", nCopies(part.size(), "(?, ?, ?, " + NOW + ")"))
                    + " on duplicate key update last_seq = values(last_seq), last_ts = values(last_ts),"
                    + " updated_at = values(updated_at)");
            int position = 0;
            for (Map.Entry<RoomId, RoomState> room : part) {
                update.bind(position++, room.getKey().value())
                        .bind(position++, room.getValue().lastSeq())
                        .bind(position++, room.getValue().lastTimestamp());
            }
            update.execute();
        }
    }

    @Override
    public void setWords(Handle handle, RoomId room, long seq, String words) {
        handle.execute(
                "update chat_message set words = nullif(?, '') where room = ? and seq = ?", words, room.value(), seq);
    }

    @Override
    public void commit(Handle handle) {
        handle.execute("commit");
        resetTimeouts(handle);
    }

    @Override
    public void rollback(Handle handle) {
        handle.execute("rollback");
        resetTimeouts(handle);
    }

    private void resetTimeouts(Handle handle) {
        try {
            handle.execute(mariaDb ? RESET_TIMEOUTS + RESET_IDLE_TIMEOUT : RESET_TIMEOUTS);
        } catch (UnableToExecuteStatementException lost) {
            // The connection is gone, and its session with it; what was committed is.
            LOG.debug("A connection was lost after its transaction", lost);
        }
    }

    @Override
    public Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms) {
        return Rows.rooms(handle, rooms, PART, "");
    }

    /** {@inheritDoc} Where few rooms have been quiet, MariaDB would read and sort them all. */
    @Override
    public String changedRooms() {
        return Dialect.super.changedRooms().replace("chat_room", "chat_room force index (chat_room_changed)");
    }

    @Override
    public String greatest() {
        return "greatest";
    }

    @Override
    public String nowMillis() {
        return NOW;
    }

    @Override
    public String searchCondition() {
        return "match (m.words) against (? in boolean mode)";
    }

    @Override
    public String searchParameter(SearchWords.Wanted wanted) {
        List<String> terms = new ArrayList<>();
        wanted.tokens().forEach(token -> terms.add("+" + token));
        wanted.prefixes().forEach(prefix -> terms.add("+" + prefix + "*"));
        return String.join(" ", terms);
    }

    /**
     * {@inheritDoc} A lock that was waited for in vain isn't one: whoever has it may be stuck, and the caller has waited for as long
     * as a store may.
     */
    @Override
    public boolean isCollision(SQLException failure) {
        int code = failure.getErrorCode();
        return code == DEADLOCK
                || code == CHANGED_SINCE_READ
                || "40001".equals(failure.getSQLState()) && code != LOCK_WAIT_TIMEOUT;
    }

    /** {@inheritDoc} Classes: data exception, integrity constraint violation; and a packet that is too large. */
    @Override
    public boolean isRejection(SQLException failure) {
        String state = failure.getSQLState();
        return failure.getErrorCode() == DUPLICATE_KEY
                || state != null && (state.startsWith("22") || state.startsWith("23"));
    }
}
