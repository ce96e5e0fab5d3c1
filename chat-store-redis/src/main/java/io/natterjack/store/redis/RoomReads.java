package io.natterjack.store.redis;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Membership;
import io.natterjack.core.Notify;
import io.natterjack.core.Receipts;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a room and of those who belong to it.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class RoomReads {
    private static final int MEMBERS = 500;

    /** How often a membership is written that somebody else has just written. */
    private static final int ATTEMPTS = 20;

    private final Calls calls;
    private final Keys keys;

    RoomReads(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    private Batch batch(RoomId room) {
        return new Batch(keys, Keys.partition(room));
    }

    /** What a room's own fields and a membership say together. */
    record Seen(
            Cursor head,
            long accessRev,
            long trimmed,
            RoomSettings settings,
            @Nullable Membership member) {
        long floor() {
            if (settings.showsAll()) {
                return trimmed;
            }
            return Math.max(trimmed, member != null && member.isIn() ? member.joinedSeq() - 1 : head.seq());
        }
    }

    /** Returns the rooms as {@code user} stands to them. */
    List<Seen> seen(List<RoomId> rooms, UserId user) {
        List<Call> asked = new ArrayList<>();
        for (RoomId room : rooms) {
            Batch batch = batch(room);
            batch.add("HMGET", keys.room(room), "s", "a", "x", "n");
            batch.add("HGET", keys.members(room), user.value());
            asked.add(batch.call());
        }
        List<Reply> replies = calls.all(asked);
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < rooms.size(); i++) {
            Reply reply = replies.get(i);
            List<String> own = reply.list(0);
            String member = reply.text(1);
            seen.add(new Seen(
                    new Cursor(reply.epoch(), Reply.number(own.get(0))),
                    Reply.number(own.get(1)),
                    Reply.number(own.get(2)),
                    RoomFacts.settings(own.get(3)),
                    member.isEmpty() ? null : Entries.membership(rooms.get(i), user, member)));
        }
        return seen;
    }

    RoomView view(RoomId room, UserId user) {
        Seen seen = seen(List.of(room), user).get(0);
        List<UserId> people = seen.settings.people();
        boolean blocked = people.size() == 2 && areApart(people.get(0), people.get(1));
        return new RoomView(room, seen.settings, seen.member, seen.head, seen.accessRev, seen.floor(), blocked);
    }

    private boolean areApart(UserId one, UserId other) {
        return calls.all(List.of(blocks(one, other), blocks(other, one))).stream()
                .anyMatch(reply -> !reply.text(0).isEmpty());
    }

    private Call blocks(UserId user, UserId other) {
        Batch batch = new Batch(keys, Keys.partition(user));
        batch.add("ZSCORE", keys.blocked(user), other.value());
        return batch.call();
    }

    Optional<MessageStore.Known> find(RoomId room, UserId sender, ClientId clientId) {
        Batch batch = batch(room);
        batch.add("HGET", keys.sent(room), Entries.sent(sender, clientId));
        Reply reply = calls.one(batch.call());
        return reply.text(0).isEmpty() ? Optional.empty() : Optional.of(Entries.known(reply.epoch(), reply.text(0)));
    }

    Optional<Membership> membership(RoomId room, UserId user) {
        return Optional.ofNullable(seen(List.of(room), user).get(0).member);
    }

    List<Membership> members(RoomId room, Standing standing, Optional<UserId> after, int limit) {
        List<Membership> members = new ArrayList<>();
        String last = after.map(UserId::value).orElse("");
        while (members.size() < limit) {
            int wanted = limit - members.size();
            List<String> users = users(room, standing, last, wanted);
            members.addAll(members(room, standing, users));
            if (users.size() < wanted) {
                break;
            }
            last = users.get(wanted - 1);
        }
        return members;
    }

    private List<String> users(RoomId room, Standing standing, String after, int limit) {
        Batch batch = batch(room);
        String letter = Entries.letter(standing);
        String next = String.valueOf((char) (letter.charAt(0) + 1));
        batch.add(
                "ZRANGE",
                keys.standings(room),
                "(" + letter + after,
                "(" + next,
                "BYLEX",
                "LIMIT",
                "0",
                String.valueOf(limit));
        return calls.one(batch.call()).list(0).stream()
                .map(name -> name.substring(1))
                .toList();
    }

    /** Returns the memberships of those that still stand so: it is read a moment after who they are. */
    private List<Membership> members(RoomId room, Standing standing, List<String> users) {
        List<Membership> members = new ArrayList<>();
        if (users.isEmpty()) {
            return members;
        }
        Batch values = batch(room);
        values.addAll("HMGET", keys.members(room), users);
        Reply reply = calls.one(values.call());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < reply.size(); i++) {
            texts.addAll(reply.list(i));
        }
        for (int i = 0; i < users.size(); i++) {
            String text = texts.get(i);
            if (text.startsWith(Entries.letter(standing) + " ")) {
                members.add(Entries.membership(room, new UserId(users.get(i)), text));
            }
        }
        return members;
    }

    void mark(RoomId room, UserId user, long delivered, long read) {
        change(room, user, (member, head) -> member.marked(delivered, read, head));
    }

    void notifications(RoomId room, UserId user, Notify wanted) {
        change(room, user, (member, head) -> member.notified(wanted));
    }

    private void change(RoomId room, UserId user, BiFunction<Membership, Long, Membership> change) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Batch batch = batch(room);
            batch.add("HGET", keys.room(room), "s");
            batch.add("HGET", keys.members(room), user.value());
            Reply reply = calls.one(batch.call());
            String before = reply.text(1);
            if (before.isEmpty()) {
                return;
            }
            Membership member = Entries.membership(room, user, before);
            String after = Entries.membership(change.apply(member, reply.number(0)));
            if (!member.isIn() || after.equals(before)) {
                return;
            }
            Batch write = batch(room).in(reply.epoch()).check(keys.members(room), user.value(), before);
            write.add("HSET", keys.members(room), user.value(), after);
            if (!calls.one(write.call()).isConflict()) {
                return;
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE, "The membership of somebody in room " + room + " changes too fast");
    }

    Receipts receipts(RoomId room, long seq, UserId sender) {
        int of = 0;
        int delivered = 0;
        int read = 0;
        List<UserId> readers = new ArrayList<>();
        Optional<UserId> after = Optional.empty();
        List<Membership> part;
        do {
            part = members(room, Standing.IN, after, MEMBERS);
            for (Membership member : part) {
                after = Optional.of(member.user());
                if (!member.user().equals(sender)) {
                    of++;
                    delivered += member.delivered() >= seq ? 1 : 0;
                    read += member.read() >= seq ? 1 : 0;
                    if (member.read() >= seq && readers.size() < Receipts.MAX_READERS) {
                        readers.add(member.user());
                    }
                }
            }
        } while (part.size() == MEMBERS);
        return new Receipts(of, delivered, read, readers);
    }

    void hold(RoomId room, boolean held) {
        Batch batch = batch(room);
        batch.add("HSET", keys.room(room), "h", held ? "1" : "0");
        batch.add("HINCRBY", keys.room(room), "v", "1");
        calls.one(batch.call());
    }
}
