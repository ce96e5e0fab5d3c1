package io.natterjack.store.jdbc;

import static java.util.Collections.nCopies;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Reaction;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.text.JsonTree;
import io.natterjack.store.jdbc.AppendPlan.Known;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.RoomState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Turns rows into values, and asks for rows in the way that more than one database understands. */
final class Rows {
    /** The columns of {@link #message}, of {@code chat_message m}. */
    static final String MESSAGE_COLUMNS = "m.room, m.seq, m.rev, m.sender, m.cid, m.ts, m.body, m.gone, m.target,"
            + " m.edited_ts, m.replies, m.revoked, m.pinned, m.reacts";

    /** The columns of {@link #addRooms}. */
    static final String ROOM_COLUMNS = "room, last_seq, last_ts, held, access_rev, cancels";

    /** The columns of {@link #membership}, of {@code chat_member m}. */
    static final String MEMBER_COLUMNS =
            "m.room, m.member, m.joined_seq, m.changed_seq, m.standing, m.role, m.until_ms,"
                    + " m.delivered_seq, m.read_seq, m.notify";

    private Rows() {}

    /** Returns places for so many parameters, as in {@code in (?, ?)}. */
    static String places(int count) {
        return String.join(", ", nCopies(count, "?"));
    }

    /**
     * Returns what the database has of the drafts' keys, asked for in parts.
     *
     * @param sql returns the query for so many drafts, with three parameters for each
     */
    static Map<ResendKey, Known> known(Handle handle, List<Draft> batch, int partSize, IntFunction<String> sql) {
        Map<ResendKey, Known> known = new HashMap<>();
        for (List<Draft> part : parts(batch, partSize)) {
            Query query = handle.createQuery(sql.apply(part.size()));
            int position = 0;
            for (Draft draft : part) {
                query.bind(position++, draft.room().value())
                        .bind(position++, draft.sender().value())
                        .bind(position++, draft.clientId().value());
            }
            known.putAll(query.scanResultSet((result, context) -> known(result.get())));
        }
        return known;
    }

    /** Reads rows of room, sender, cid, content_hash, seq, ts, target. */
    static Map<ResendKey, Known> known(ResultSet row) throws SQLException {
        Map<ResendKey, Known> known = new HashMap<>();
        while (row.next()) {
            known.put(
                    new ResendKey(row.getString(1), row.getString(2), row.getString(3)),
                    new Known(row.getString(4), row.getLong(5), row.getLong(6), row.getLong(7)));
        }
        return known;
    }

    /**
     * Returns those of the rooms that there are, asked for in parts.
     *
     * @param end what each query ends with
     */
    static Map<RoomId, RoomState> rooms(Handle handle, Collection<RoomId> rooms, int partSize, String end) {
        Map<RoomId, RoomState> states = new HashMap<>();
        for (List<RoomId> part : parts(new ArrayList<>(rooms), partSize)) {
            Query query = handle.createQuery(roomsQuery(part.size()) + end);
            for (int i = 0; i < part.size(); i++) {
                query.bind(i, part.get(i).value());
            }
            query.scanResultSet((result, context) -> addRooms(result.get(), states));
        }
        return states;
    }

    static String roomsQuery(int rooms) {
        return "select " + ROOM_COLUMNS + " from chat_room where room in (" + places(rooms) + ")";
    }

    /** Reads rows of {@link #ROOM_COLUMNS} into {@code rooms}, and returns it. */
    static Map<RoomId, RoomState> addRooms(ResultSet row, Map<RoomId, RoomState> rooms) throws SQLException {
        while (row.next()) {
            rooms.put(
                    new RoomId(row.getString(1)),
                    new RoomState(row.getLong(2), row.getLong(3), row.getInt(4) != 0, row.getLong(5), row.getInt(6)));
        }
        return rooms;
    }

    /** Reads a row that has seq, sender, cid, ts, body, kind, gone, target. */
    static RoomEvent event(RoomId room, long epoch, ResultSet row) throws SQLException {
        EventKind kind = EventKinds.of(row.getInt("kind"));
        return new RoomEvent(
                room,
                new Cursor(epoch, row.getLong("seq")),
                kind,
                new UserId(row.getString("sender")),
                new ClientId(row.getString("cid")),
                row.getLong("ts"),
                body(row),
                row.getLong("target"));
    }

    /** Reads a row of {@link #MESSAGE_COLUMNS}; nobody's reactions are the reader's own yet. */
    static Message message(RoomId room, long epoch, ResultSet row) throws SQLException {
        return new Message(
                room,
                new Cursor(epoch, row.getLong("seq")),
                row.getLong("rev"),
                new UserId(row.getString("sender")),
                new ClientId(row.getString("cid")),
                row.getLong("ts"),
                body(row),
                details(row));
    }

    private static MessageDetails details(ResultSet row) throws SQLException {
        List<Reaction> reactions = new ArrayList<>();
        String reacts = row.getString("reacts");
        if (!reacts.isEmpty()) {
            JsonTree.read(reacts)
                    .forEach((key, count) -> reactions.add(new Reaction(key, ((Number) count).intValue(), false)));
        }
        MessageDetails details = new MessageDetails(
                row.getLong("edited_ts"),
                row.getLong("target"),
                row.getInt("replies"),
                row.getInt("revoked") != 0,
                row.getInt("pinned") != 0,
                reactions);
        return details.equals(MessageDetails.NONE) ? MessageDetails.NONE : details;
    }

    /** Returns the number of people for each reaction, as {@code chat_message} has it; empty if there are none. */
    static String reacts(Message message) {
        Map<String, Object> counts = new LinkedHashMap<>();
        message.details().reactions().forEach(reaction -> counts.put(reaction.key(), (long) reaction.count()));
        return counts.isEmpty() ? "" : JsonTree.write(counts);
    }

    private static MessageBody body(ResultSet row) throws SQLException {
        return row.getInt("gone") == 0 ? MessageBody.ofStored(row.getString("body")) : MessageBody.GONE;
    }

    /** Reads a row of {@link #MEMBER_COLUMNS}. */
    static Membership membership(ResultSet row) throws SQLException {
        return new Membership(
                new RoomId(row.getString("room")),
                new UserId(row.getString("member")),
                EnumNumbers.standing(row.getInt("standing")),
                EnumNumbers.role(row.getInt("role")),
                row.getLong("until_ms"),
                row.getLong("joined_seq"),
                row.getLong("changed_seq"),
                row.getLong("delivered_seq"),
                row.getLong("read_seq"),
                EnumNumbers.notify(row.getInt("notify")));
    }

    /** Cuts the list into parts of at most {@code size}. */
    static <T> List<List<T>> parts(List<T> list, int size) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < list.size(); from += size) {
            parts.add(list.subList(from, Math.min(list.size(), from + size)));
        }
        return parts;
    }
}
