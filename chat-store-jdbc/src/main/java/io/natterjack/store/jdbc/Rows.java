package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.Query;

/** Turns rows into values. */
final class Rows {
    private Rows() {}

    /** Reads rows of room, sender, cid, content_hash, seq, ts. */
    static Map<ResendKey, Known> known(Query query) {
        return query.scanResultSet((result, context) -> {
            Map<ResendKey, Known> known = new HashMap<>();
            for (ResultSet row = result.get(); row.next(); ) {
                known.put(
                        new ResendKey(row.getString(1), row.getString(2), row.getString(3)),
                        new Known(row.getString(4), row.getLong(5), row.getLong(6)));
            }
            return known;
        });
    }

    /** Reads rows of room, last_seq, last_ts. */
    static void addRooms(Query query, Map<RoomId, RoomState> rooms) {
        query.scanResultSet((result, context) -> {
            for (ResultSet row = result.get(); row.next(); ) {
                rooms.put(new RoomId(row.getString(1)), new RoomState(row.getLong(2), row.getLong(3)));
            }
            return rooms;
        });
    }

    /** Reads a row that has seq, sender, cid, ts, body. */
    static RoomEvent event(RoomId room, long epoch, ResultSet row) throws SQLException {
        return new RoomEvent(
                room,
                new Cursor(epoch, row.getLong("seq")),
                EventKind.MESSAGE,
                new UserId(row.getString("sender")),
                new ClientId(row.getString("cid")),
                row.getLong("ts"),
                MessageBody.ofStored(row.getString("body")));
    }

    /** Reads a row that has seq, rev, sender, cid, ts, body. */
    static Message message(RoomId room, long epoch, ResultSet row) throws SQLException {
        return new Message(
                room,
                new Cursor(epoch, row.getLong("seq")),
                row.getLong("rev"),
                new UserId(row.getString("sender")),
                new ClientId(row.getString("cid")),
                row.getLong("ts"),
                MessageBody.ofStored(row.getString("body")));
    }

    /** Returns what a message counts in a limit of bytes; as much as its event. */
    static int size(Message message) {
        return 256 + message.body().json().length();
    }
}
