package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How long a message takes to a client of another node, against one of the sender's own.
 *
 * @param rate messages a second
 */
record DeliveryCost(int rate, Duration warmUp, Duration time) {
    private static final int ROOMS = 20;
    private static final double MOST_TIMES = 2;

    List<Goal> measure(PlainNodes nodes) throws Exception {
        try (Crowd crowd = new Crowd();
                PairedRooms rooms = new PairedRooms(crowd, nodes, "delivery", ROOMS, 1)) {
            rooms.talk(rate, warmUp);
            long start = System.nanoTime();
            rooms.talk(rate, time);
            long end = System.nanoTime();
            // Those that are still under way count as well: they are the slow ones.
            Waiting.within(
                    Duration.ofSeconds(10),
                    () -> rooms.far().count(start, end) == rooms.near().count(start, end));
            double near = rooms.near().millis(0.5, start, end);
            double far = rooms.far().millis(0.5, start, end);
            String detail = String.format(
                    Locale.ROOT,
                    "p50/p99 same node %.2f/%.2f ms, other node %.2f/%.2f ms; %d and %d deliveries, %d refused",
                    near,
                    rooms.near().millis(0.99, start, end),
                    far,
                    rooms.far().millis(0.99, start, end),
                    rooms.near().count(start, end),
                    rooms.far().count(start, end),
                    rooms.failed());
            return List.of(Goal.atMost("delivery p50, other node / same node", far / near, MOST_TIMES, detail));
        }
    }
}
