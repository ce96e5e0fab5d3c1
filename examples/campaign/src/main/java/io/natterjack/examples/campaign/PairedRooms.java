package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.core.Message;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rooms in each of which one client of the first node writes, and some listen on the same node and as many on the second.
 *
 * <p><b>Threads.</b> One at a time calls; answers and messages arrive on the clients' own.
 */
final class PairedRooms implements AutoCloseable {
    /** What a sender may have under way; it leaves out what is beyond. */
    private static final int MAX_WAITING = 500;

    private final Latencies near = new Latencies();
    private final Latencies far = new Latencies();
    private final List<ChatClient> clients = new ArrayList<>();
    private final List<Room> joined = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private record Sender(Room room, AtomicInteger waiting) {}

    private record Ear(Latencies latencies) implements RoomListener {
        @Override
        public void onMessage(Message message) {
            latencies.arrived(message);
        }
    }

    /** Joins everybody, and waits for that. */
    PairedRooms(Crowd crowd, PlainNodes nodes, String name, int rooms, int listeners) {
        for (int i = 0; i < rooms; i++) {
            RoomId room = new RoomId(name + "-" + i);
            Room own = join(crowd, nodes.node(0).address(), room, "sender", message -> {});
            senders.add(new Sender(own, new AtomicInteger()));
            for (int n = 0; n < listeners; n++) {
                join(crowd, nodes.node(0).address(), room, "near-" + n, new Ear(near));
                join(crowd, nodes.node(1).address(), room, "far-" + n, new Ear(far));
            }
        }
        Waiting.until(
                "all have joined",
                () -> joined.stream().allMatch(each -> each.cursor().isPresent()));
    }

    private Room join(Crowd crowd, URI address, RoomId room, String who, RoomListener listener) {
        ChatClient client =
                crowd.client(new UserId(room.value() + "-" + who), address).connect();
        clients.add(client);
        Room own = client.join(room, listener);
        joined.add(own);
        return own;
    }

    /** Has messages sent, that many a second in all; returns when the time is over. */
    void talk(double rate, Duration time) {
        Pace.keep(rate, time, n -> send(senders.get((int) (n % senders.size()))));
    }

    private void send(Sender sender) {
        if (sender.waiting.get() >= MAX_WAITING) {
            return;
        }
        sender.waiting.incrementAndGet();
        sender.room.send(Stamp.body("m")).whenComplete((sent, failure) -> {
            sender.waiting.decrementAndGet();
            (failure == null ? acked : failed).incrementAndGet();
        });
    }

    /** Returns how many messages were acknowledged so far. */
    long acked() {
        return acked.get();
    }

    /** Returns how many messages were refused or given up so far. */
    long failed() {
        return failed.get();
    }

    /** Returns what those on the first node have seen. */
    Latencies near() {
        return near;
    }

    /** Returns what those on the second node have seen. */
    Latencies far() {
        return far;
    }

    @Override
    public void close() {
        Crowd.close(clients);
    }
}
