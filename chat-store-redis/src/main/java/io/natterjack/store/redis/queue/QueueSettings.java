package io.natterjack.store.redis.queue;

import io.natterjack.store.redis.connection.RedisConnections;
import java.time.Duration;

/**
 * How a queue in Redis is set up.
 *
 * @param database the number of the database in which the queue is
 * @param node names this process among those that share the queue
 * @param streams how many streams the rooms are spread over; the same on every node
 * @param maxDrafts how many drafts may wait, in all streams together
 * @param maxBytes how many bytes they may take
 * @param maxAge how old the oldest of a stream may be before the stream takes no more
 * @param deadline how long a sender waits for the store
 * @param tries how often a draft may make its worker fail
 * @param lease how long a stream stays with a node that isn't heard of
 * @param patience how long what takes the store a second at most may take, before something must have gone wrong
 * @param permitPatience how long nobody may be able to tell whether a draft is permitted, before it is refused for now
 */
record QueueSettings(
        String prefix,
        int database,
        String node,
        AckAt ackAt,
        int streams,
        int maxDrafts,
        long maxBytes,
        Duration maxAge,
        Duration deadline,
        int tries,
        Duration lease,
        Duration patience,
        Duration permitPatience) {
    /** How many drafts may wait in one stream. */
    int draftsPerStream() {
        return (maxDrafts + streams - 1) / streams;
    }

    /** How many bytes may wait in one stream. */
    long bytesPerStream() {
        return (maxBytes + streams - 1) / streams;
    }

    // Keys of one stream share a hash tag, so that one script may touch them on a Cluster.
    private String key(int stream, String name) {
        return prefix + ":{" + prefix + ":q" + stream + "}:" + name;
    }

    String draftsKey(int stream) {
        return key(stream, "drafts");
    }

    String bytesKey(int stream) {
        return key(stream, "bytes");
    }

    String leaseKey(int stream) {
        return key(stream, "lease");
    }

    String deadKey(int stream) {
        return key(stream, "dead");
    }

    /** Keeps the number of this node's last call that added something, or knew what was given up. */
    String callKey(int stream) {
        return key(stream, "call:" + node);
    }

    /** Keeps which of that node's drafts were given up for now, until it knows. */
    String givenUpKey(int stream, String ofNode) {
        return key(stream, "given-up:" + ofNode);
    }

    String strikesKey(int stream) {
        return key(stream, "strikes");
    }

    // The two that are for all streams share another.
    String nodesKey() {
        return prefix + ":{" + prefix + ":queue}:nodes";
    }

    /** Keeps how many streams there are. */
    String streamsKey() {
        return prefix + ":{" + prefix + ":queue}:streams";
    }

    /** Where a node hears from the others. */
    String nodeChannel(String ofNode) {
        return RedisConnections.channelSpace(prefix, database) + "queue-node:{" + ofNode + "}";
    }

    String fenceName(int stream) {
        return "queue:" + prefix + ":" + stream;
    }
}
