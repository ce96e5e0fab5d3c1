package io.natterjack.examples.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a message costs the node that only hands it to its own clients, against the one that appends it and has as many.
 *
 * @param rate messages a second
 * @param listeners on each node, in each room
 */
record RelayCost(int rate, int listeners, Duration warmUp, Duration time) {
    private static final int ROOMS = 50;
    private static final double MOST_SHARE = 0.3;

    List<Goal> measure(PlainNodes nodes) throws Exception {
        try (Crowd crowd = new Crowd();
                PairedRooms rooms = new PairedRooms(crowd, nodes, "relay", ROOMS, listeners)) {
            rooms.talk(rate, warmUp);
            long appendBefore = ProcessCpu.micros(nodes.node(0).pid());
            long relayBefore = ProcessCpu.micros(nodes.node(1).pid());
            long ackedBefore = rooms.acked();
            long start = System.nanoTime();
            rooms.talk(rate, time);
            long end = System.nanoTime();
            double acked = rooms.acked() - ackedBefore;
            double append = (ProcessCpu.micros(nodes.node(0).pid()) - appendBefore) / acked;
            double relay = (ProcessCpu.micros(nodes.node(1).pid()) - relayBefore) / acked;
            String detail = String.format(
                    Locale.ROOT,
                    "append %.1f us, relay %.1f us of CPU a message; %.0f messages/s of %d asked for, %d listeners a room and"
                            + " node; %d and %d deliveries, %d refused",
                    append,
                    relay,
                    acked * 1e9 / (end - start),
                    rate,
                    listeners,
                    rooms.near().count(start, end),
                    rooms.far().count(start, end),
                    rooms.failed());
            return List.of(
                    Goal.atMost("CPU a message, relaying node / appending node", relay / append, MOST_SHARE, detail));
        }
    }
}
