package io.natterjack.examples.campaign;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows what clients sent, what they were told and what they saw, and holds it against what the store has at the end: acked is kept,
 * once, in one order, without holes, and nothing else is there.
 *
 * <p><b>Threads.</b> Any.
 */
final class Promises {
    private static final int SHOWN = 20;

    private record Key(RoomId room, UserId sender, ClientId cid) {}

    private record Stream(String client, RoomId room) {}

    private final Map<Key, MessageBody> sent = new HashMap<>();
    private final Map<Stream, List<Key>> order = new LinkedHashMap<>();
    private final Map<Key, Cursor> acked = new HashMap<>();
    private final Set<Key> refused = new HashSet<>();
    private final Set<Key> givenUp = new HashSet<>();
    private final Set<Key> forgotten = new HashSet<>();
    private final Set<Stream> toBeReset = new HashSet<>();
    private final Map<Stream, View> views = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int broken;

    /** A client is about to send a message. */
    synchronized void sent(String client, UserId sender, RoomId room, ClientId cid, MessageBody body) {
        Key key = new Key(room, sender, cid);
        sent.put(key, body);
        order.computeIfAbsent(new Stream(client, room), first -> new ArrayList<>())
                .add(key);
    }

    /** The server has said that it has the message. */
    synchronized void acked(UserId sender, RoomId room, ClientId cid, Cursor at) {
        Key key = new Key(room, sender, cid);
        if (acked.putIfAbsent(key, at) != null) {
            violation(key + " was acked twice");
        }
    }

    /** The server has said that it will never have the message. */
    synchronized void refused(UserId sender, RoomId room, ClientId cid) {
        refused.add(new Key(room, sender, cid));
    }

    /** The sender has stopped asking: the message may be there, once, or not. */
    synchronized void gaveUp(UserId sender, RoomId room, ClientId cid) {
        givenUp.add(new Key(room, sender, cid));
    }

    synchronized int ackedCount() {
        return acked.size();
    }

    /** Returns how many messages were sent and have no answer. */
    synchronized int unanswered() {
        return sent.size() - acked.size() - refused.size() - givenUp.size();
    }

    /**
     * The store was set back on purpose: what it was told and has no more is forgiven, but whoever has seen it must be told that it is gone.
     *
     * @return how many messages that were acknowledged are gone, of all times that it was set back
     */
    synchronized int setBackTo(Map<RoomId, List<RoomEvent>> logs) {
        Set<Key> kept = new HashSet<>();
        logs.values().forEach(log -> log.forEach(event -> kept.add(key(event))));
        acked.keySet().stream().filter(key -> !kept.contains(key)).forEach(forgotten::add);
        views.forEach((stream, view) -> {
            if (view.last() > logs.getOrDefault(stream.room, List.of()).size()) {
                toBeReset.add(stream);
            }
        });
        return forgotten.size();
    }

    /** Tells whether all who have seen what is gone since have been told so. */
    synchronized boolean isEverybodyReset() {
        return toBeReset.isEmpty();
    }

    /** What one client's listener sees of one room, from the room's first event on. */
    final class View {
        private final Stream stream;
        private final List<Message> messages = new ArrayList<>();

        private View(Stream stream) {
            this.stream = stream;
        }

        void message(Message message) {
            synchronized (Promises.this) {
                long last = last();
                if (message.seq() <= last) {
                    violation(stream + " saw " + message.seq() + " after " + last);
                }
                messages.add(message);
            }
        }

        /** What lies above the base is gone. */
        void reset(Cursor base) {
            synchronized (Promises.this) {
                toBeReset.remove(stream);
                messages.removeIf(message -> message.seq() > base.seq());
            }
        }

        /** The bodies of these are gone. */
        void erased(List<Long> seqs) {
            synchronized (Promises.this) {
                messages.removeIf(message -> seqs.contains(message.seq()));
            }
        }

        /** All up to that seq are gone. */
        void trimmed(long upto) {
            synchronized (Promises.this) {
                messages.removeIf(message -> message.seq() <= upto);
            }
        }

        void trouble(String what) {
            synchronized (Promises.this) {
                violation(stream + ": " + what);
            }
        }

        /** Returns the seq of the last message seen. */
        long last() {
            synchronized (Promises.this) {
                return messages.isEmpty()
                        ? 0
                        : messages.get(messages.size() - 1).seq();
            }
        }
    }

    synchronized View view(String client, RoomId room) {
        return views.computeIfAbsent(new Stream(client, room), View::new);
    }

    /**
     * Holds all against the store's logs. Every message must have its answer by now.
     *
     * @return how the promises were broken, the first few of them; empty if they were kept
     */
    synchronized List<String> violations(Map<RoomId, List<RoomEvent>> logs) {
        Map<Key, RoomEvent> kept = new HashMap<>();
        logs.forEach((room, log) -> checkLog(room, log, kept));
        checkAcks(kept);
        checkOrder(kept);
        checkViews(logs);
        toBeReset.forEach(stream -> violation(stream + " wasn't told that the store has gone back"));
        for (Key key : sent.keySet()) {
            if (!acked.containsKey(key) && !refused.contains(key) && !givenUp.contains(key)) {
                violation(key + " has no answer");
            }
        }
        if (broken > SHOWN) {
            violations.add("and " + (broken - SHOWN) + " more");
        }
        return List.copyOf(violations);
    }

    private void checkLog(RoomId room, List<RoomEvent> log, Map<Key, RoomEvent> kept) {
        long expected = 1;
        long lastTime = 0;
        for (RoomEvent event : log) {
            if (event.seq() != expected) {
                violation("the log of " + room + " has " + event.seq() + " where " + expected + " is due");
            }
            expected = event.seq() + 1;
            if (event.timestamp() < lastTime) {
                violation("time goes back in " + room + " at " + event.seq());
            }
            lastTime = event.timestamp();
            if (event.kind() != EventKind.MESSAGE) {
                continue;
            }
            Key key = key(event);
            if (kept.put(key, event) != null) {
                violation(key + " is kept twice");
            }
            @Nullable MessageBody written = sent.get(key);
            if (written == null) {
                violation("nobody sent " + key + ", which is kept at " + event.seq());
            } else if (!written.equals(event.body()) && !event.body().isGone()) {
                violation(key + " is kept with another body");
            }
        }
    }

    private void checkAcks(Map<Key, RoomEvent> kept) {
        acked.forEach((key, at) -> {
            @Nullable RoomEvent event = kept.get(key);
            if (event == null) {
                if (!forgotten.contains(key)) {
                    violation(key + " was acked at " + at + " and is lost");
                }
            } else if (event.seq() != at.seq()) {
                violation(key + " was acked at " + at + " and is kept at " + event.at());
            }
        });
        for (Key key : refused) {
            if (kept.containsKey(key)) {
                violation(key + " was refused for good and is kept");
            }
        }
    }

    private void checkOrder(Map<Key, RoomEvent> kept) {
        order.forEach((stream, keys) -> {
            long last = 0;
            for (Key key : keys) {
                @Nullable RoomEvent event = kept.get(key);
                if (event != null) {
                    if (event.seq() < last) {
                        violation(stream + " sent " + key + " after what became " + last + ", kept at " + event.seq());
                    }
                    last = event.seq();
                }
            }
        });
    }

    private void checkViews(Map<RoomId, List<RoomEvent>> logs) {
        views.forEach((stream, view) -> {
            List<RoomEvent> log = logs.getOrDefault(stream.room, List.of()).stream()
                    .filter(event ->
                            event.kind() == EventKind.MESSAGE && !event.body().isGone())
                    .toList();
            int common = Math.min(log.size(), view.messages.size());
            for (int i = 0; i < common; i++) {
                if (!same(log.get(i), view.messages.get(i))) {
                    violation(stream + " saw " + view.messages.get(i) + " where " + log.get(i) + " is kept");
                    return;
                }
            }
            if (log.size() != view.messages.size()) {
                violation(stream + " saw " + view.messages.size() + " messages, kept are " + log.size());
            }
        });
    }

    private static boolean same(RoomEvent event, Message message) {
        return event.seq() == message.seq()
                && event.sender().equals(message.sender())
                && event.clientId().equals(message.clientId())
                && event.body().equals(message.body());
    }

    private static Key key(RoomEvent event) {
        return new Key(event.room(), event.sender(), event.clientId());
    }

    private void violation(String what) {
        broken++;
        if (broken <= SHOWN) {
            violations.add(Objects.requireNonNull(what));
        }
    }
}
