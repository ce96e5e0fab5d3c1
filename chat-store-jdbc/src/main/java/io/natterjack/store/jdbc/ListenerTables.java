package io.natterjack.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natterjack.core.RoomId;
import io.natterjack.core.spi.ListenerStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * How far listeners have come that hear of every event.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class ListenerTables implements ListenerStore {
    private static final String BEHIND = "select r.room, coalesce(h.seq, 0) as seq from chat_room r"
            + " left join chat_heard h on h.listener = ? and h.room = r.room"
            + " where r.last_seq > coalesce(h.seq, 0) limit ?";

    private final Connections connections;
    private final Leases leases;

    ListenerTables(Connections connections, Leases leases) {
        this.connections = connections;
        this.leases = leases;
    }

    @Override
    public void register(String listener) {
        JdbcMessageStore.read(() -> {
            if (!isKnown(listener)) {
                try {
                    add(listener);
                } catch (JdbiException failure) {
                    if (!isKnown(listener)) {
                        throw failure;
                    }
                    // Another process was quicker.
                }
            }
            return true;
        });
    }

    private boolean isKnown(String listener) {
        return connections
                .reading()
                .withHandle(
                        handle -> handle.createQuery("select count(*) from chat_heard where listener = ? and room = ''")
                                        .bind(0, listener)
                                        .mapTo(Integer.class)
                                        .one()
                                > 0);
    }

    /** Begins by writing: in SQLite a reader that turns writer may be refused for good. */
    private void add(String listener) {
        connections.writing().useTransaction(handle -> {
            handle.execute("insert into chat_heard (listener, room, seq) values (?, '', 0)", listener);
            handle.execute(
                    "insert into chat_heard (listener, room, seq) select ?, room, last_seq from chat_room"
                            + " where last_seq > 0",
                    listener);
        });
    }

    @Override
    public boolean take(String listener, String holder, Duration validity) {
        String lease = "listener " + UUID.nameUUIDFromBytes(listener.getBytes(UTF_8));
        return JdbcMessageStore.read(() -> {
            if (validity.isZero()) {
                leases.giveBack(lease, holder);
                return false;
            }
            return leases.take(lease, holder, validity.toMillis());
        });
    }

    @Override
    public Map<RoomId, Long> behind(String listener, int limit) {
        Map<RoomId, Long> behind = new HashMap<>();
        JdbcMessageStore.read(() -> connections
                        .reading()
                        .withHandle(handle -> handle.createQuery(BEHIND)
                                .bind(0, listener)
                                .bind(1, limit)
                                .map((row, context) -> Map.entry(new RoomId(row.getString("room")), row.getLong("seq")))
                                .list()))
                .forEach(each -> behind.put(each.getKey(), each.getValue()));
        return behind;
    }

    @Override
    public long heard(String listener, RoomId room) {
        return JdbcMessageStore.read(() -> connections.reading().withHandle(handle -> heard(handle, listener, room)));
    }

    private static long heard(Handle handle, String listener, RoomId room) {
        return handle.createQuery("select seq from chat_heard where listener = ? and room = ?")
                .bind(0, listener)
                .bind(1, room.value())
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    @Override
    public void heard(String listener, RoomId room, long seq) {
        JdbcMessageStore.read(() -> connections.writing().withHandle(handle -> {
            String update = "update chat_heard set seq = ? where listener = ? and room = ? and seq < ?";
            boolean there = heard(handle, listener, room) > 0;
            if (handle.execute(update, seq, listener, room.value(), seq) == 0 && !there) {
                try {
                    handle.execute(
                            "insert into chat_heard (listener, room, seq) values (?, ?, ?)",
                            listener,
                            room.value(),
                            seq);
                } catch (UnableToExecuteStatementException another) {
                    handle.execute(update, seq, listener, room.value(), seq);
                }
            }
            return true;
        }));
    }
}
