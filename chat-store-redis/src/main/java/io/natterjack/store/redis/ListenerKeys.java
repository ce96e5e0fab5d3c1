package io.natterjack.store.redis;

import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.ListenerStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far listeners have come that hear of every event. Whoever appends notes the rooms in which a listener hasn't heard everything, and
 * where it had got to when that began.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class ListenerKeys implements ListenerStore {
    private static final int ATTEMPTS = 20;

    private final Calls calls;
    private final Keys keys;

    ListenerKeys(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    @Override
    public void register(String listener) {
        List<Call> writes = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            batch.add("HSETNX", keys.listeners(partition), listener, "1");
            // A batch that is decided upon just now has to note its rooms for this one too.
            batch.add("HINCRBY", keys.listeners(partition), "", "1");
            writes.add(batch.call());
        }
        calls.all(writes);
    }

    @Override
    public boolean take(String listener, String holder, Duration validity) {
        int partition = Keys.partition(listener);
        String holders = keys.holders(partition);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Batch read = new Batch(keys, partition);
            read.time();
            read.add("HGET", holders, listener);
            Reply reply = calls.one(read.call());
            String before = reply.text(1);
            String[] parts = before.split(" ", 2);
            boolean isHeld = !before.isEmpty() && isGood(Long.parseLong(parts[0]), reply.millis(0), validity);
            if (isHeld && !parts[1].equals(holder)) {
                return false;
            }
            Batch write = new Batch(keys, partition).check(holders, listener, before);
            long until = reply.millis(0) + validity.toMillis();
            write.add("HSET", holders, listener, until + " " + holder);
            if (!calls.one(write.call()).isConflict()) {
                return !validity.isZero();
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE, "Too many want to hear on behalf of listener " + listener);
    }

    /** One from when Redis's clock was far ahead, perhaps another Redis's, isn't. */
    private static boolean isGood(long until, long now, Duration validity) {
        return until > now && (validity.isZero() || until <= now + validity.toMillis());
    }

    @Override
    public Map<RoomId, Long> behind(String listener, int limit) {
        List<Call> reads = new ArrayList<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            batch.add(
                    "ZRANGE",
                    keys.behind(partition),
                    "[" + listener + "\0",
                    "(" + listener + "\1",
                    "BYLEX",
                    "LIMIT",
                    "0",
                    String.valueOf(limit));
            reads.add(batch.call());
        }
        List<Reply> replies = calls.all(reads);
        Map<RoomId, Long> behind = new HashMap<>();
        for (int partition = 0; partition < Keys.PARTITIONS; partition++) {
            List<String> names = replies.get(partition).list(0);
            names = names.subList(0, Math.min(names.size(), limit - behind.size()));
            Batch batch = new Batch(keys, partition);
            batch.addAll("HMGET", keys.heard(partition), names);
            if (!batch.isEmpty()) {
                Reply reply = calls.one(batch.call());
                for (int i = 0; i < names.size(); i++) {
                    String room = names.get(i).substring(listener.length() + 1);
                    String seq = reply.list(i / Batch.CHUNK).get(i % Batch.CHUNK);
                    behind.put(new RoomId(room), Reply.number(seq));
                }
            }
        }
        return behind;
    }

    @Override
    public long heard(String listener, RoomId room) {
        Reply reply = read(listener, room);
        boolean unchangedSince = reply.text(0).isEmpty() && !reply.text(2).isEmpty();
        return unchangedSince ? reply.number(1) : reply.number(0);
    }

    private Reply read(String listener, RoomId room) {
        int partition = Keys.partition(room);
        Batch batch = new Batch(keys, partition);
        batch.add("HGET", keys.heard(partition), listener + "\0" + room.value());
        batch.add("HGET", keys.room(room), "s");
        batch.add("HGET", keys.listeners(partition), listener);
        return calls.one(batch.call());
    }

    @Override
    public void heard(String listener, RoomId room, long seq) {
        int partition = Keys.partition(room);
        String name = listener + "\0" + room.value();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Reply before = read(listener, room);
            if (seq > before.number(1)) {
                return; // It was heard in a past that Redis has lost: what has the place now, or will, is to be heard.
            }
            long heard = Math.max(seq, before.number(0));
            Batch batch = new Batch(keys, partition).in(before.epoch());
            batch.check(keys.heard(partition), name, before.text(0));
            if (heard >= before.number(1)) {
                batch.check(keys.room(room), "s", before.text(1));
                batch.add("ZREM", keys.behind(partition), name);
            }
            batch.add("HSET", keys.heard(partition), name, String.valueOf(heard));
            if (!calls.one(batch.call()).isConflict()) {
                return;
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE, "How far a listener has come in room " + room + " changes too fast");
    }
}
