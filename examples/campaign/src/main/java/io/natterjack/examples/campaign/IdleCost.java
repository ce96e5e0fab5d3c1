package io.natterjack.examples.campaign;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a node costs whose clients have joined many rooms in which nothing happens.
 *
 * @param rooms all different
 * @param settling between the last join and the beginning
 */
record IdleCost(int rooms, Duration settling, Duration time) {
    private static final int ROOMS_EACH = 100;
    private static final double MOST_PERCENT = 1;

    List<Goal> measure(PlainNodes nodes) throws Exception {
        List<ChatClient> clients = new ArrayList<>();
        try (Crowd crowd = new Crowd()) {
            attach(nodes, crowd, clients);
            Pace.keep(1, settling, n -> {});
            ChatProcess node = nodes.node(0);
            long before = ProcessCpu.micros(node.pid());
            long other = ProcessCpu.micros(nodes.node(1).pid());
            Pace.keep(1, time, n -> {});
            double micros = ProcessCpu.micros(node.pid()) - before;
            double otherMicros = ProcessCpu.micros(nodes.node(1).pid()) - other;
            double whole = time.toNanos() / 1e3 / 100;
            String detail = String.format(
                    Locale.ROOT,
                    "%.0f ms of CPU in %d s; a node without clients %.2f %%",
                    micros / 1e3,
                    time.toSeconds(),
                    otherMicros / whole);
            Crowd.close(clients);
            return List.of(Goal.atMost(
                    "idle node with " + rooms + " rooms, % of a core", micros / whole, MOST_PERCENT, detail));
        }
    }

    private void attach(PlainNodes nodes, Crowd crowd, List<ChatClient> clients) {
        List<Room> joined = new ArrayList<>();
        for (int i = 0; i < rooms; i++) {
            if (i % ROOMS_EACH == 0) {
                clients.add(crowd.client(new UserId("idle-" + i), nodes.node(0).address())
                        .connect());
            }
            joined.add(clients.get(clients.size() - 1).join(new RoomId("idle-" + i), message -> {}));
        }
        Waiting.until(
                "all have joined",
                () -> joined.stream().allMatch(each -> each.cursor().isPresent()));
    }
}
