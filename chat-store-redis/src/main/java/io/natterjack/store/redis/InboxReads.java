package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads people's lists of rooms. The time of each of somebody's rooms is asked for, to find those that come first.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class InboxReads {
    /** A room, and the time of what happened last in it. */
    record Listed(RoomId room, long timestamp) {
        static final Comparator<Listed> LATEST_FIRST = Comparator.comparingLong(Listed::timestamp)
                .thenComparing(listed -> listed.room.value())
                .reversed();
    }

    private final Calls calls;
    private final Keys keys;
    private final Reads reads;

    InboxReads(Calls calls, Keys keys, Reads reads) {
        this.calls = calls;
        this.keys = keys;
        this.reads = reads;
    }

    /** Returns the rooms that {@code user} belongs to; also those that they are invited to, or not. */
    List<RoomId> rooms(UserId user, boolean invitedToo) {
        List<Call> asked = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            batch.add("HGETALL", keys.roomsOf(partition, user));
            asked.add(batch.call());
        }
        List<RoomId> rooms = new ArrayList<>();
        for (Reply reply : calls.all(asked)) {
            List<String> pairs = reply.list(0);
            for (int i = 0; i < pairs.size(); i += 2) {
                if (invitedToo || pairs.get(i + 1).equals(Entries.letter(Standing.IN))) {
                    rooms.add(new RoomId(pairs.get(i)));
                }
            }
        }
        return rooms;
    }

    List<InboxEntry> inbox(UserId user, Optional<InboxEntry> after, int limit) {
        List<Listed> listed = listed(rooms(user, true));
        after.map(entry -> new Listed(entry.room(), entry.timestamp()))
                .ifPresent(last -> listed.removeIf(each -> Listed.LATEST_FIRST.compare(each, last) <= 0));
        listed.sort(Listed.LATEST_FIRST);
        List<RoomId> page = listed.stream().limit(limit).map(Listed::room).toList();
        return inbox(user, page);
    }

    /** Returns the rooms with their times, in no order. */
    List<Listed> listed(List<RoomId> rooms) {
        List<List<RoomId>> byPartition = new ArrayList<>();
        List<Batch> batches = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            byPartition.add(new ArrayList<>());
            batches.add(new Batch(keys, partition));
        }
        for (RoomId room : rooms) {
            int partition = Keys.partition(room);
            byPartition.get(partition).add(room);
            batches.get(partition).add("HGET", keys.room(room), "t");
        }
        List<Reply> replies = calls.all(batches.stream().map(Batch::call).toList());
        List<Listed> listed = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            List<RoomId> its = byPartition.get(partition);
            for (int i = 0; i < its.size(); i++) {
                listed.add(new Listed(its.get(i), replies.get(partition).number(i)));
            }
        }
        return listed;
    }

    List<InboxEntry> inbox(UserId user, Collection<RoomId> rooms) {
        List<Look> looks = rooms.stream().map(room -> new Look(user, room)).toList();
        List<Look> open = looks;
        while (!open.isEmpty()) {
            List<Reply> replies = calls.all(open.stream().map(Look::call).toList());
            for (int i = 0; i < replies.size(); i++) {
                open.get(i).answered(replies.get(i));
            }
            open = open.stream().filter(look -> look.rest > 0).toList();
        }
        return looks.stream().flatMap(look -> look.entry().stream()).toList();
    }

    /** A look at one room, in as many calls as it takes to get past events that aren't messages. One thread. */
    private final class Look {
        private final UserId user;
        private final RoomId room;
        private Optional<Reply> first = Optional.empty();
        private long rest;
        private long unread;
        private @Nullable Message last;

        Look(UserId user, RoomId room) {
            this.user = user;
            this.room = room;
        }

        Call call() {
            return new Call(
                    Keys.partition(room),
                    Script.INBOX,
                    List.of(
                            keys.room(room),
                            keys.members(room),
                            keys.log(room),
                            keys.bodies(room),
                            keys.mentions(room)),
                    List.of(
                            user.value(),
                            String.valueOf(InboxEntry.MAX_UNREAD),
                            String.valueOf(rest),
                            String.valueOf(unread),
                            last == null ? "" : "1"),
                    0);
        }

        void answered(Reply reply) {
            rest = 0;
            if (reply.size() == 0) {
                return;
            }
            first = first.or(() -> Optional.of(reply));
            unread = reply.number(4);
            rest = reply.number(6);
            if (last == null && reply.size() > 7) {
                Cursor at = new Cursor(reply.epoch(), reply.number(7));
                last = Entries.message(room, at, reply.text(8), reply.text(9));
            }
        }

        Optional<InboxEntry> entry() {
            if (first.isEmpty()) {
                return Optional.empty();
            }
            Reply reply = first.get();
            Membership member = Entries.membership(room, user, reply.text(0));
            if (member.standing() != Standing.IN && member.standing() != Standing.INVITED) {
                return Optional.empty();
            }
            return Optional.of(new InboxEntry(
                    member,
                    RoomFacts.settings(reply.text(3)),
                    new Cursor(reply.epoch(), reply.number(1)),
                    reply.number(2),
                    (int) unread,
                    (int) reply.number(5),
                    last == null ? null : reads.own(room, user, List.of(last)).get(0)));
        }
    }
}
