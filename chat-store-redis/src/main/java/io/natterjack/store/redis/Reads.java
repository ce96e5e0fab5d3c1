package io.natterjack.store.redis;

import io.natterjack.core.Cursor;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.HistoryQuery.Direction;
import io.natterjack.core.Message;
import io.natterjack.core.Page;
import io.natterjack.core.PagePart;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads events and messages.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Reads {
    /** How many events are read at a time, where fewer may be enough. */
    private static final int EVENTS = 200;

    private final Calls calls;
    private final Keys keys;

    Reads(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    // ---- events

    List<RoomEvent> eventsAfter(RoomId room, long seq, int maxEvents, int maxBytes) {
        List<RoomEvent> events = new ArrayList<>();
        long bytes = 0;
        for (long last = Math.max(0, seq); events.size() < maxEvents && last < Cursor.MAX; ) {
            int wanted = (int) Math.min(Math.min(EVENTS, maxEvents - events.size()), Cursor.MAX - last);
            Part part = part(room, last, wanted, maxBytes);
            for (RoomEvent event : part.events) {
                bytes += event.size();
                boolean otherEpoch = !events.isEmpty()
                        && events.get(0).at().epoch() != event.at().epoch();
                if (otherEpoch || bytes > maxBytes && !events.isEmpty()) {
                    return events;
                }
                events.add(event);
            }
            if (part.isLast) {
                break;
            }
            last += part.events.size();
        }
        return events;
    }

    /** Some events of a room; if they aren't the last, there are more than were wanted, or their bytes are enough. */
    private record Part(List<RoomEvent> events, boolean isLast) {}

    private Part part(RoomId room, long after, int count, int bytes) {
        List<String> wanted = new ArrayList<>();
        wanted.add(String.valueOf(Math.max(0, bytes)));
        for (long seq = after + 1; seq <= after + count; seq++) {
            wanted.add(String.valueOf(seq));
        }
        Batch batch = new Batch(keys, Keys.partition(room));
        batch.add("SOME", keys.log(room), wanted);
        batch.add("SOME", keys.bodies(room), wanted);
        Reply reply = calls.one(batch.call());
        List<String> entries = reply.list(0);
        List<String> ownBodies = reply.list(1);
        boolean isLast = entries.removeIf(String::isEmpty);
        if (ownBodies.size() < entries.size()) {
            entries = entries.subList(0, ownBodies.size());
            isLast = false;
        }
        Map<Long, String> bodies = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            bodies.put(after + 1 + i, ownBodies.get(i));
        }
        addTargets(room, entries, bodies, bytes);
        List<RoomEvent> events = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String entry = entries.get(i);
            long seq = after + 1 + i;
            String body = bodies.get(Entries.isEdit(entry) ? Entries.target(entry) : seq);
            if (body == null) {
                return new Part(events, false);
            }
            events.add(Entries.event(room, new Cursor(reply.epoch(), seq), entry, body));
        }
        return new Part(events, isLast);
    }

    /** Adds the bodies that edited messages have now, one at least and others until they are enough. */
    private void addTargets(RoomId room, List<String> entries, Map<Long, String> bodies, int bytes) {
        List<String> missing = new ArrayList<>();
        entries.stream()
                .filter(Entries::isEdit)
                .map(Entries::target)
                .filter(target -> !bodies.containsKey(target))
                .distinct()
                .map(String::valueOf)
                .forEach(missing::add);
        if (missing.isEmpty()) {
            return;
        }
        List<String> wanted = new ArrayList<>(missing);
        wanted.add(0, String.valueOf(Math.max(0, bytes)));
        Batch batch = new Batch(keys, Keys.partition(room));
        batch.add("SOME", keys.bodies(room), wanted);
        List<String> found = calls.one(batch.call()).list(0);
        for (int i = 0; i < found.size(); i++) {
            bodies.put(Long.parseLong(missing.get(i)), found.get(i));
        }
    }

    // ---- heads

    Map<RoomId, Cursor> heads(Collection<RoomId> rooms) {
        Map<Integer, List<RoomId>> byPartition = new LinkedHashMap<>();
        rooms.forEach(room -> byPartition
                .computeIfAbsent(Keys.partition(room), first -> new ArrayList<>())
                .add(room));
        List<List<RoomId>> parts = new ArrayList<>();
        List<Call> asked = new ArrayList<>();
        byPartition.forEach((partition, all) -> {
            for (int from = 0; from < all.size(); from += Batch.CHUNK) {
                List<RoomId> part = all.subList(from, Math.min(from + Batch.CHUNK, all.size()));
                Batch batch = new Batch(keys, partition);
                part.forEach(room -> batch.add("HGET", keys.room(room), "s"));
                parts.add(part);
                asked.add(batch.call());
            }
        });
        Map<RoomId, Cursor> heads = new HashMap<>();
        List<Reply> replies = calls.all(asked);
        for (int i = 0; i < parts.size(); i++) {
            for (int n = 0; n < parts.get(i).size(); n++) {
                Reply reply = replies.get(i);
                heads.put(parts.get(i).get(n), new Cursor(reply.epoch(), reply.number(n)));
            }
        }
        return heads;
    }

    // ---- messages

    Page history(HistoryQuery query, int maxBytes) {
        boolean around = query.direction() == Direction.AROUND;
        int limitBelow = query.direction() == Direction.AFTER ? 0 : around ? query.limit() / 2 : query.limit();
        int limitAbove = query.direction() == Direction.BEFORE ? 0 : query.limit() - (around ? limitBelow : 0);
        int bytes = around ? maxBytes / 2 : maxBytes;
        long seq = Math.min(query.seq(), Cursor.MAX - 1);
        // Only AFTER leaves out the seq itself.
        long split = query.direction() == Direction.AFTER ? seq + 1 : seq;
        PageQuery asked = PageQuery.of(keys, query);
        PagePart below = new PagePart(limitBelow, bytes);
        PagePart above = new PagePart(limitAbove, bytes);
        // One more than wanted shows whether there are more.
        MessagePage page = read(query.room(), asked.at(split, more(limitBelow), more(limitAbove), bytes));
        Cursor head = page.head();
        long floor = Math.max(query.floor(), page.trimmed());
        for (MessagePage part = page; offer(part.below(), below) && part.restBelow() > 0; ) {
            part = read(query.room(), asked.at(part.restBelow() + 1, more(limitBelow), 0, bytes));
        }
        for (MessagePage part = page; offer(part.above(), above) && part.restAbove() > 0; ) {
            part = read(query.room(), asked.at(part.restAbove(), 0, more(limitAbove), bytes));
        }
        List<Message> messages = new ArrayList<>(below.messages());
        Collections.reverse(messages);
        messages.addAll(above.messages());
        List<Message> seen = query.reader()
                .map(reader -> own(query.room(), reader, messages))
                .orElse(messages);
        return new Page(seen, below.isFull() || above.isFull(), head, floor);
    }

    /** An odd page around a place may have nothing below it. */
    private static int more(int limit) {
        return limit == 0 ? 0 : limit + 1;
    }

    private static boolean offer(List<Message> messages, PagePart part) {
        for (Message message : messages) {
            if (!part.offer(message)) {
                return false;
            }
        }
        return true;
    }

    MessagePage read(RoomId room, Call call) {
        return MessagePage.of(room, calls.one(call));
    }

    Page changes(RoomId room, UserId reader, long floor, long sinceRev, int limit, int maxBytes) {
        PagePart part = new PagePart(limit, maxBytes);
        // Those that one event changed stay together.
        int most = limit + 1 + RoomChange.Erased.MAX;
        PageQuery asked = PageQuery.changed(keys, room, floor);
        MessagePage page = read(room, asked.at(Math.max(0, sinceRev), most, most, maxBytes));
        Cursor head = page.head();
        long lowest = Math.max(floor, page.trimmed());
        for (MessagePage next = page; ; ) {
            boolean wantsMore = true;
            for (Message message : next.changes(most)) {
                wantsMore = wantsMore && part.offerChange(message);
            }
            long upto = next.completeUpTo(most);
            if (!wantsMore || upto == Long.MAX_VALUE) {
                break;
            }
            next = read(room, asked.at(upto, most, most, maxBytes));
        }
        return new Page(own(room, reader, part.messages()), part.isFull(), head, lowest);
    }

    /**
     * Returns the messages with the reader's own reactions told from others'. It is read a moment after the messages: an event that
     * came between says the same of the reader once more.
     */
    List<Message> own(RoomId room, UserId reader, List<Message> messages) {
        List<String> asked = new ArrayList<>();
        for (Message message : messages) {
            message.details()
                    .reactions()
                    .forEach(reaction -> asked.add(Entries.reaction(message.seq(), reaction.key(), reader)));
        }
        if (asked.isEmpty()) {
            return messages;
        }
        Batch batch = new Batch(keys, Keys.partition(room));
        batch.addAll("ZMSCORE", keys.reactions(room), asked);
        Reply reply = calls.one(batch.call());
        List<String> scores = new ArrayList<>();
        for (int i = 0; i < reply.size(); i++) {
            scores.addAll(reply.list(i));
        }
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            found.put(asked.get(i), scores.get(i));
        }
        return messages.stream()
                .map(message ->
                        message.seenWith(key -> !found.getOrDefault(Entries.reaction(message.seq(), key, reader), "")
                                .isEmpty()))
                .toList();
    }
}
