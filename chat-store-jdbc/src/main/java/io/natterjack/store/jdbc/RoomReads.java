package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Reads what rooms know of people and people of rooms, and moves watermarks.
 *
 * <p><b>Threads.</b> Any thread may call.
 */
final class RoomReads {
    static final String MEMBERSHIP =
            "select " + Rows.MEMBER_COLUMNS + " from chat_member m where m.room = ? and m.member = ?";

    static final String MEMBERS = "select " + Rows.MEMBER_COLUMNS
            + " from chat_member m where m.room = ? and m.member > ? and m.standing = ? order by m.member limit ?";

    static final String VIEW = "select r.last_seq, r.trimmed, r.access_rev, r.settings, " + Rows.MEMBER_COLUMNS
            + " from chat_room r left join chat_member m on m.room = r.room and m.member = ? where r.room = ?";

    static final String APART =
            "select count(*) from chat_block where (member = ? and blocked = ?) or (member = ? and blocked = ?)";

    static final String FIND =
            "select content_hash, seq, ts, target from chat_message where room = ? and sender = ? and cid = ?";

    static final String RECEIPTS =
            "select count(*) as members, count(case when delivered_seq >= ? then 1 end) as delivered,"
                    + " count(case when read_seq >= ? then 1 end) as readers"
                    + " from chat_member where room = ? and is_in = 1 and member <> ?";

    static final String READERS = "select member from chat_member where room = ? and is_in = 1 and member <> ?"
            + " and read_seq >= ? order by member limit " + Receipts.MAX_READERS;

    private final Jdbi reading;
    private final Jdbi writing;
    private final Dialect dialect;
    private final long epoch;

    RoomReads(Connections connections, Dialect dialect, long epoch) {
        this.reading = connections.reading();
        this.writing = connections.writing();
        this.dialect = dialect;
        this.epoch = epoch;
    }

    RoomView view(RoomId room, UserId user) {
        return reading.withHandle(handle -> {
            RoomView view = handle.createQuery(VIEW)
                    .bind(0, user.value())
                    .bind(1, room.value())
                    .map((row, context) -> view(room, row))
                    .findOne()
                    .orElseGet(() -> new RoomView(room, RoomSettings.NONE, null, new Cursor(epoch, 0), 0, 0, false));
            List<UserId> people = view.settings().people();
            return people.size() == 2 && areApart(handle, people.get(0), people.get(1)) ? blocked(view) : view;
        });
    }

    private RoomView view(RoomId room, ResultSet row) throws SQLException {
        @Nullable Membership membership = row.getString("member") == null ? null : Rows.membership(row);
        RoomSettings settings = settings(row.getString("settings"));
        long head = row.getLong("last_seq");
        return new RoomView(
                room,
                settings,
                membership,
                new Cursor(epoch, head),
                row.getLong("access_rev"),
                floor(settings, membership, row.getLong("trimmed"), head),
                false);
    }

    /** Returns the seq up to which the room shows its reader nothing, or nothing any more. */
    static long floor(RoomSettings settings, @Nullable Membership membership, long trimmed, long head) {
        if (settings.showsAll()) {
            return trimmed;
        }
        return Math.max(trimmed, membership != null && membership.isIn() ? membership.joinedSeq() - 1 : head);
    }

    private static RoomView blocked(RoomView view) {
        return new RoomView(
                view.room(),
                view.settings(),
                view.membership().orElse(null),
                view.head(),
                view.accessRev(),
                view.floor(),
                true);
    }

    private static boolean areApart(Handle handle, UserId one, UserId other) {
        return handle.createQuery(APART)
                        .bind(0, one.value())
                        .bind(1, other.value())
                        .bind(2, other.value())
                        .bind(3, one.value())
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    /** Returns the settings that a room's row has. */
    static RoomSettings settings(String json) {
        return json.isEmpty() ? RoomSettings.NONE : RoomSettings.json(json);
    }

    Optional<MessageStore.Known> find(RoomId room, UserId sender, ClientId clientId) {
        return reading.withHandle(handle -> handle.createQuery(FIND)
                .bind(0, room.value())
                .bind(1, sender.value())
                .bind(2, clientId.value())
                .map((row, context) -> new MessageStore.Known(
                        row.getString("content_hash"),
                        new Outcome.Accepted(
                                new Cursor(epoch, row.getLong("seq")), row.getLong("ts"), true, row.getLong("target"))))
                .findOne());
    }

    Receipts receipts(RoomId room, long seq, UserId sender) {
        return reading.withHandle(handle -> {
            List<UserId> readers = handle.createQuery(READERS)
                    .bind(0, room.value())
                    .bind(1, sender.value())
                    .bind(2, seq)
                    .map((row, context) -> new UserId(row.getString("member")))
                    .list();
            return handle.createQuery(RECEIPTS)
                    .bind(0, seq)
                    .bind(1, seq)
                    .bind(2, room.value())
                    .bind(3, sender.value())
                    .map((row, context) -> new Receipts(
                            row.getInt("members"), row.getInt("delivered"), row.getInt("readers"), readers))
                    .one();
        });
    }

    void notifications(RoomId room, UserId user, Notify wanted) {
        writing.useHandle(handle -> handle.execute(
                "update chat_member set notify = ? where room = ? and member = ? and is_in = 1",
                EnumNumbers.of(wanted),
                room.value(),
                user.value()));
    }

    Optional<Membership> membership(RoomId room, UserId user) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERSHIP)
                .bind(0, room.value())
                .bind(1, user.value())
                .map((row, context) -> Rows.membership(row))
                .findOne());
    }

    List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        return reading.withHandle(handle -> handle.createQuery(MEMBERS)
                .bind(0, room.value())
                .bind(1, after.map(UserId::value).orElse(""))
                .bind(2, EnumNumbers.of(standing))
                .bind(3, limit)
                .map((row, context) -> Rows.membership(row))
                .list());
    }

    void mark(RoomId room, UserId user, long delivered, long read) {
        writing.useHandle(handle -> {
            long head = Optional.ofNullable(dialect.rooms(handle, List.of(room)).get(room))
                    .map(AppendPlan.RoomState::lastSeq)
                    .orElse(0L);
            advance(handle, room, user, "read_seq", Math.min(read, head));
            advance(handle, room, user, "delivered_seq", Math.min(Math.max(delivered, read), head));
        });
    }

    private static void advance(Handle handle, RoomId room, UserId user, String column, long seq) {
        handle.execute(
                "update chat_member set " + column + " = ? where room = ? and member = ? and is_in = 1 and " + column
                        + " < ?",
                seq,
                room.value(),
                user.value(),
                seq);
    }
}
