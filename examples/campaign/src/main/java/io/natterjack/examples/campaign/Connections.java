package io.natterjack.examples.campaign;

import io.natterjack.core.spi.Connector;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the connections that nodes accept, in steps of 100 ms.
 *
 * <p><b>Threads.</b> Any.
 */
final class Connections {
    private static final long STEP_NANOS = 100_000_000;

    // Guarded by this.
    private final Map<URI, TreeMap<Long, Integer>> steps = new HashMap<>();

    /** Returns a connector that does what {@code connector} does, and counts. */
    Connector of(Connector connector) {
        return (server, timeout, handler) -> connector
                .connect(server, timeout, handler)
                .whenComplete((connection, failure) -> {
                    if (failure == null) {
                        count(server);
                    }
                });
    }

    private synchronized void count(URI server) {
        steps.computeIfAbsent(server, first -> new TreeMap<>()).merge(System.nanoTime() / STEP_NANOS, 1, Integer::sum);
    }

    /** Returns how many one node accepted in one such step since {@code nanos}, at most. */
    synchronized int mostSince(long nanos) {
        return steps.values().stream()
                .flatMap(each -> each.tailMap(nanos / STEP_NANOS).values().stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    /** Returns how many a node has accepted since then. */
    synchronized int since(URI server, long nanos) {
        return steps.getOrDefault(server, new TreeMap<>()).tailMap(nanos / STEP_NANOS).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }
}
