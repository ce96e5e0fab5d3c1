package io.natterjack.store.redis.cluster;

import io.lettuce.core.cluster.SlotHash;
import io.natterjack.store.redis.connection.RedisConnections;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of the channels of one application: a fixed number of shards that all nodes hear, over which a Cluster's servers share the
 * work, and one for each node.
 *
 * <p><b>Threads.</b> Any; nothing changes.
 */
final class Channels {
    private final String space;
    private final List<String> shards;

    /** Names {@code count} shards for those who use that database under {@code prefix}. */
    Channels(String prefix, int database, int count) {
        this.space = RedisConnections.channelSpace(prefix, database);
        List<String> names = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            names.add(space + "bus:" + spread(number, count));
        }
        this.shards = List.copyOf(names);
    }

    /** Returns a hash tag whose slot is in the {@code number}th of {@code count} equal parts of all slots. */
    private static String spread(int number, int count) {
        int wanted = (int) ((2L * number + 1) * SlotHash.SLOT_COUNT / (2L * count));
        int tolerance = Math.max(1, SlotHash.SLOT_COUNT / (4 * count));
        for (int salt = 0; ; salt++) {
            String tag = "{" + number + "-" + salt + "}";
            if (Math.abs(SlotHash.getSlot(tag) - wanted) <= tolerance) {
                return tag;
            }
        }
    }

    /** Returns the shard of everything under {@code key}. */
    String of(String key) {
        return shards.get(Math.floorMod(key.hashCode(), shards.size()));
    }

    /** Returns the channel that only that node hears. */
    String ofNode(String node) {
        return space + "node:{" + node + "}";
    }

    /** Returns what a node hears. */
    List<String> heardBy(String node) {
        List<String> all = new ArrayList<>(shards);
        all.add(ofNode(node));
        return all;
    }
}
