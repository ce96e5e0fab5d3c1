package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rooms in each of which a client of one node writes and one of another listens, and what was promised to both.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class CrossTalk implements AutoCloseable {
    private static final Duration SETTLING = Duration.ofMinutes(1);
    private static final Duration ARRIVAL = Duration.ofSeconds(15);
    private static final int MAX_OUTBOX = 10_000;
    private static final int MAX_OUTBOX_BYTES = 16 << 20;

    private final NodeCluster cluster;
    private final Crowd crowd;
    private final Promises promises = new Promises();
    private final Latencies latencies = new Latencies();
    private final List<RoomId> rooms = new ArrayList<>();
    private final List<Participant> senders = new ArrayList<>();
    private final List<Participant> listeners = new ArrayList<>();
    private int sent;

    CrossTalk(NodeCluster cluster, Crowd crowd, int count) {
        this.cluster = cluster;
        this.crowd = crowd;
        long epoch = ClusterLogs.epoch(cluster);
        for (int i = 0; i < count; i++) {
            RoomId room = new RoomId("cross-" + i);
            rooms.add(room);
            senders.add(
                    new Participant("s" + i, new UserId("s" + i), client("s" + i, i), List.of(room), epoch, promises));
            listeners.add(new Participant(
                    "l" + i,
                    new UserId("l" + i),
                    client("l" + i, i + 1),
                    List.of(room),
                    epoch,
                    promises,
                    latencies::arrived));
        }
        // One message each, which has to go round before anything is measured.
        senders.forEach(this::send);
        Waiting.until(
                "all listen",
                () -> listeners.stream().allMatch(each -> each.seen(each.rooms().get(0)) > 0));
    }

    private ChatClient.Builder client(String user, int n) {
        List<Node> nodes = cluster.nodes();
        return crowd.client(new UserId(user), nodes.get(n % nodes.size()).address(n))
                .maxOutbox(MAX_OUTBOX, MAX_OUTBOX_BYTES);
    }

    /** Has messages sent, that many a second in all; returns when the time is over. */
    void talk(double rate, Duration time) {
        Pace.keep(rate, time, n -> send(senders.get((int) (n % senders.size()))));
    }

    private void send(Participant sender) {
        sender.send(sender.rooms().get(0));
        sent++;
    }

    /** Waits until what was sent has arrived, for a while: what is still under way is slow, and must be counted. */
    void awaitArrival() {
        Waiting.within(ARRIVAL, () -> latencies.count() >= sent);
    }

    /** Returns how long messages took to the other node. */
    Latencies latencies() {
        return latencies;
    }

    /** Returns how many messages were acknowledged so far. */
    int acked() {
        return promises.ackedCount();
    }

    /** Waits until all is answered and everybody has seen all, and returns what was broken of what was promised. */
    List<String> violations() {
        Waiting.within(SETTLING, () -> promises.unanswered() == 0);
        Map<RoomId, List<RoomEvent>> logs = ClusterLogs.read(cluster, rooms);
        Waiting.within(
                SETTLING,
                () -> listeners.stream().allMatch(each -> each.hasSeenAll(logs))
                        && senders.stream().allMatch(each -> each.hasSeenAll(logs)));
        return promises.violations(logs);
    }

    @Override
    public void close() {
        List<ChatClient> clients = new ArrayList<>();
        senders.forEach(each -> clients.add(each.client()));
        listeners.forEach(each -> clients.add(each.client()));
        Crowd.close(clients);
    }
}
