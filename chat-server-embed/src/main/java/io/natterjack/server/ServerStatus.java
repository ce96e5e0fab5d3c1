package io.natterjack.server;

import io.natterjack.core.spi.QueueStats;

/**
 * How a server is doing at one moment, for metrics and health checks. Counters begin at its start and only grow.
 *
 * @param ready whether new clients should be sent here: it is open, takes changes, and could read its store the last time
 * @param sessions how many clients are let in on this node
 * @param queue what waits for the store
 * @param storeAnswers whether the store could be read the last time
 * @param node this process among the others
 */
public record ServerStatus(boolean ready, int sessions, QueueStats queue, boolean storeAnswers, Node node) {
    /**
     * One process among others.
     *
     * @param id names it, until it ends
     * @param connected whether hints travel between nodes now; without them all is delivered too, up to about a second later. False for a
     *     server that knows of no other
     * @param sent texts sent to other nodes
     * @param received texts heard from them
     * @param foundBySweep how often the look into the store found something in a room that no text had told of: a few when nodes start
     *     and stop; many if texts get lost, or nodes have no Redis
     * @param attachedRooms how many rooms somebody here is in, or was a moment ago
     */
    public record Node(String id, boolean connected, long sent, long received, long foundBySweep, int attachedRooms) {}
}
