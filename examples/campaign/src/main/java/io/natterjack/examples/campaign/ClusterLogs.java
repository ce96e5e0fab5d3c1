package io.natterjack.examples.campaign;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import java.util.List;
import java.util.Map;

/** Looks into what a cluster stands on, past its nodes and proxies. */
final class ClusterLogs {
    private ClusterLogs() {}

    /** Returns the epoch of the store as it is now; one in Redis begins another when something happens to it. */
    static long epoch(NodeCluster cluster) {
        return cluster.database()
                .map(database -> Stores.epoch(database.url(database.port())))
                .orElseGet(() -> Stores.epoch(cluster.redis().orElseThrow()));
    }

    /** Returns all that is in the rooms. */
    static Map<RoomId, List<RoomEvent>> read(NodeCluster cluster, List<RoomId> rooms) {
        return cluster.database()
                .map(database -> Stores.logs(database.url(database.port()), rooms))
                .orElseGet(() -> Stores.logs(cluster.redis().orElseThrow(), rooms));
    }
}
