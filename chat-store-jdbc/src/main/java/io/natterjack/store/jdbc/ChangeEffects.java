package io.natterjack.store.jdbc;

import io.natterjack.core.EventKind;
import io.natterjack.core.Membership;
import io.natterjack.core.Mentions;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.MessageDetails;
import io.natterjack.core.Role;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.store.jdbc.AppendPlan.ResendKey;
import io.natterjack.store.jdbc.AppendPlan.Row;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * What events do besides being events, in the transaction that inserts them, under the locks of their rooms.
 *
 * <p><b>Threads.</b> Any, with a handle of its own.
 */
final class ChangeEffects {
    private static final List<String> TABLES_OF_MESSAGES = List.of("chat_reaction", "chat_mention", "chat_pin");

    private static final String INSERT_MEMBER = "insert into chat_member"
            + " (room, member, joined_seq, is_in, standing, role, until_ms, changed_seq, delivered_seq, read_seq)"
            + " values (:room, :member, :joined, :is_in, :standing, :role, :until, :changed, :delivered, :read)";

    private static final String SET_MEMBER = "update chat_member set joined_seq = :joined, is_in = :is_in,"
            + " standing = :standing, role = :role, until_ms = :until, changed_seq = :changed";

    private static final String OF_MEMBER = " where room = :room and member = :member";

    /** How far somebody has read moves without the room's lock: it isn't to be written as it was read. */
    private static final String UPDATE_MEMBER = SET_MEMBER + OF_MEMBER;

    private static final String MEMBER_COMES =
            SET_MEMBER + ", delivered_seq = :delivered, read_seq = :read" + OF_MEMBER;

    private final Handle handle;
    private final Dialect dialect;

    ChangeEffects(Handle handle, Dialect dialect) {
        this.handle = handle;
        this.dialect = dialect;
    }

    /** Tells whether there is anything to apply. */
    static boolean isNeeded(AppendPlan plan) {
        return !plan.cancelled().isEmpty()
                || !plan.met().isEmpty()
                || plan.rows().stream()
                        .anyMatch(row -> row.draft().kind() != EventKind.MESSAGE
                                || row.target() > 0
                                || !Mentions.orNone(row.draft().body()).equals(Mentions.NONE));
    }

    /** Applies the plan's rows in their order; they are there already. */
    void apply(AppendPlan plan) {
        for (Row row : plan.rows()) {
            apply(row);
        }
        plan.touched().forEach(this::write);
        plan.cancelled().forEach(key -> cancel(key, true));
        for (ResendKey key : plan.met()) {
            handle.execute(
                    "update chat_cancel set is_open = 0 where room = ? and sender = ? and cid = ?",
                    key.room(),
                    key.sender(),
                    key.clientId());
        }
    }

    /** Has a message never come that hasn't come yet; an open one counts among those that its sender may revoke ahead. */
    void cancel(ResendKey key, boolean isOpen) {
        handle.execute(
                "insert into chat_cancel (room, sender, cid, is_open) values (?, ?, ?, ?)",
                key.room(),
                key.sender(),
                key.clientId(),
                isOpen ? 1 : 0);
        if (handle.execute("update chat_room set cancels = cancels + 1 where room = ?", key.room()) == 0) {
            handle.execute(
                    "insert into chat_room (room, last_seq, last_ts, updated_at, cancels) values (?, 0, 0, "
                            + dialect.nowMillis() + ", 1)",
                    key.room());
        }
    }

    private void apply(Row row) {
        RoomId room = row.draft().room();
        if (row.draft().kind() == EventKind.MESSAGE) {
            if (row.target() > 0) {
                handle.execute(
                        "insert into chat_reply (room, root, seq) values (?, ?, ?)",
                        room.value(),
                        row.target(),
                        row.seq());
            }
            mention(room, row.seq(), row.draft().sender(), row.draft().body());
        }
        row.draft().change().ifPresent(change -> {
            apply(row, room, change);
            if (change.restricts()) {
                handle.execute("update chat_room set access_rev = ? where room = ?", row.seq(), room.value());
            }
        });
    }

    private void apply(Row row, RoomId room, RoomChange change) {
        if (change instanceof RoomChange.Member member) {
            member(room, row.seq(), member);
        } else if (change instanceof RoomChange.Settings changed) {
            String settings = handle.createQuery("select settings from chat_room where room = ?")
                    .bind(0, room.value())
                    .mapTo(String.class)
                    .one();
            save(room, RoomReads.settings(settings).after(changed));
        } else if (change instanceof RoomChange.Created created) {
            save(room, created.settings());
            for (UserId owner : created.owners()) {
                member(room, row.seq(), new RoomChange.Member(owner, Standing.IN, Optional.of(Role.OWNER), 0));
            }
        } else if (change instanceof RoomChange.Reacted reaction) {
            handle.execute(
                    reaction.isOn()
                            ? "insert into chat_reaction (room, seq, reaction, member) values (?, ?, ?, ?)"
                            : "delete from chat_reaction where room = ? and seq = ? and reaction = ? and member = ?",
                    room.value(),
                    row.target(),
                    reaction.key(),
                    row.draft().sender().value());
        } else if (change instanceof RoomChange.Pinned pin) {
            handle.execute(
                    pin.isOn()
                            ? "insert into chat_pin (room, seq) values (?, ?)"
                            : "delete from chat_pin where room = ? and seq = ?",
                    room.value(),
                    row.target());
        } else if (change instanceof RoomChange.Edited edit) {
            handle.execute("delete from chat_mention where room = ? and seq = ?", room.value(), row.target());
            mention(room, row.target(), author(room, row.target()), edit.body());
        } else if (change instanceof RoomChange.Revoked) {
            forget(room, "seq = ?", row.target());
        } else if (change instanceof RoomChange.Erased erased) {
            erase(room, row.seq(), erased.seqs());
        } else if (change instanceof RoomChange.Trimmed trimmed) {
            trim(room, Math.min(trimmed.upto(), row.seq() - 1));
        }
    }

    private void save(RoomId room, RoomSettings settings) {
        handle.execute(
                "update chat_room set settings = ?, shows_all = ? where room = ?",
                settings.json(),
                settings.showsAll() ? 1 : 0,
                room.value());
    }

    private void member(RoomId room, long seq, RoomChange.Member change) {
        Optional<Membership> before = handle.createQuery(RoomReads.MEMBERSHIP)
                .bind(0, room.value())
                .bind(1, change.user().value())
                .map((row, context) -> Rows.membership(row))
                .findOne();
        if (before.isEmpty() && change.standing() == Standing.OUT) {
            return; // Who never had to do with the room isn't known to it now.
        }
        Membership after =
                before.orElseGet(() -> Membership.none(room, change.user())).after(change, seq);
        boolean comes = after.isIn() && !before.map(Membership::isIn).orElse(false);
        Update write = handle.createUpdate(before.isEmpty() ? INSERT_MEMBER : comes ? MEMBER_COMES : UPDATE_MEMBER)
                .bind("joined", after.joinedSeq())
                .bind("is_in", after.isIn() ? 1 : 0)
                .bind("standing", EnumNumbers.of(after.standing()))
                .bind("role", EnumNumbers.of(after.role()))
                .bind("until", after.until())
                .bind("changed", after.rev())
                .bind("room", room.value())
                .bind("member", change.user().value());
        if (before.isEmpty() || comes) {
            write.bind("delivered", after.delivered()).bind("read", after.read());
        }
        write.execute();
    }

    /** An edit may be somebody else's, and nobody is mentioned by what they wrote themselves. */
    private UserId author(RoomId room, long seq) {
        return new UserId(handle.createQuery("select sender from chat_message where room = ? and seq = ?")
                .bind(0, room.value())
                .bind(1, seq)
                .mapTo(String.class)
                .one());
    }

    private void mention(RoomId room, long seq, UserId sender, MessageBody body) {
        Mentions mentions = Mentions.orNone(body);
        for (UserId user : mentions.users()) {
            mention(room, user.value(), seq, sender);
        }
        if (mentions.isEverybody()) {
            mention(room, "", seq, sender);
        }
    }

    private void mention(RoomId room, String member, long seq, UserId sender) {
        handle.execute(
                "insert into chat_mention (room, member, seq, sender) values (?, ?, ?, ?)",
                room.value(),
                member,
                seq,
                sender.value());
    }

    /** Writes a message as later events have left it. */
    private void write(Message message) {
        MessageDetails details = message.details();
        RoomId room = message.room();
        boolean gone = message.body().isGone();
        handle.createUpdate(
                        "update chat_message set body = ?, gone = ?, rev = ?, edited_ts = ?, replies = ?, revoked = ?,"
                                + " pinned = ?, reacts = ? where room = ? and seq = ?")
                .bind(0, message.body().json())
                .bind(1, gone ? 1 : 0)
                .bind(2, message.rev())
                .bind(3, details.editedAt())
                .bind(4, details.replies())
                .bind(5, details.isRevoked() ? 1 : 0)
                .bind(6, details.isPinned() ? 1 : 0)
                .bind(7, Rows.reacts(message))
                .bind(8, room.value())
                .bind(9, message.seq())
                .execute();
        if (gone || details.editedAt() > 0) {
            dialect.setWords(handle, room, message.seq(), gone ? "" : Row.words(message.body()));
        }
    }

    private void forget(RoomId room, String condition, long seq) {
        for (String table : TABLES_OF_MESSAGES) {
            handle.execute("delete from " + table + " where room = ? and " + condition, room.value(), seq);
        }
    }

    private void erase(RoomId room, long rev, List<Long> seqs) {
        String places = Rows.places(seqs.size());
        Update update = handle.createUpdate("update chat_message set " + dialect.takeBody()
                + ", rev = ?, edited_ts = 0, pinned = 0, reacts = '' where room = ?"
                + " and kind = 0 and seq < ? and seq in (" + places + ")");
        int position = 0;
        update.bind(position++, rev).bind(position++, room.value()).bind(position++, rev);
        for (long seq : seqs) {
            update.bind(position++, seq);
        }
        update.execute();
        dialect.forgetWords(handle, room, seqs);
        for (String table : TABLES_OF_MESSAGES) {
            Update delete = handle.createUpdate("delete from " + table + " where room = ? and seq in (" + places + ")")
                    .bind(0, room.value());
            for (int i = 0; i < seqs.size(); i++) {
                delete.bind(i + 1, seqs.get(i));
            }
            delete.execute();
        }
    }

    private void trim(RoomId room, long upto) {
        handle.execute(
                "update chat_message set " + dialect.takeBody() + ", edited_ts = 0, pinned = 0, reacts = ''"
                        + " where room = ? and kind = 0 and gone = 0"
                        + " and seq > (select trimmed from chat_room where room = ?) and seq <= ?",
                room.value(),
                room.value(),
                upto);
        dialect.forgetWordsUpTo(handle, room, upto);
        forget(room, "seq <= ?", upto);
        handle.execute("update chat_room set trimmed = ? where room = ? and trimmed < ?", upto, room.value(), upto);
    }
}
