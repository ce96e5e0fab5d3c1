package io.natterjack.store.redis;

import io.natterjack.core.StoreException;
import io.natterjack.core.spi.Fence;
import java.util.ArrayList;
import java.util.List;

/**
 * Raises fences. The first partition decides which generation is next: above what any partition has, since each may have gone back by itself;
 * and at least the epoch, so that none comes back when Redis has forgotten those before.
 *
 * <p><b>Threads.</b> Any thread may call, and waits for Redis.
 */
final class Fences {
    private static final int ATTEMPTS = 20;

    private final Calls calls;
    private final Keys keys;

    Fences(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    Fence raise(String name) {
        new Fence(name, 1); // refuses a name that can't be one
        List<Call> reads = new ArrayList<>();
        for (int partition = 1; partition < Keys.PARTITIONS; partition++) {
            Batch batch = new Batch(keys, partition);
            batch.add("ZSCORE", keys.fences(partition), name);
            reads.add(batch.call());
        }
        long highest = calls.all(reads).stream()
                .mapToLong(reply -> reply.number(0))
                .max()
                .orElse(0);
        Fence fence = next(name, highest);
        List<Call> writes = new ArrayList<>();
        for (int partition = 1; partition < Keys.PARTITIONS; partition++) {
            writes.add(set(partition, fence).call());
        }
        calls.all(writes);
        return fence;
    }

    private Fence next(String name, long highest) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Batch batch = new Batch(keys, 0);
            batch.add("ZSCORE", keys.fences(0), name);
            Reply before = calls.one(batch.call());
            Fence fence = new Fence(name, Math.max(Math.max(before.number(0), highest) + 1, before.epoch()));
            Reply set = calls.one(set(0, fence).in(before.epoch()).call());
            if (!set.isConflict() && set.number(0) == 1) {
                return fence;
            }
        }
        throw new StoreException(StoreException.Kind.UNAVAILABLE, "Too many raise the fence " + name);
    }

    private Batch set(int partition, Fence fence) {
        Batch batch = new Batch(keys, partition);
        batch.add("ZADD", keys.fences(partition), "GT", "CH", String.valueOf(fence.generation()), fence.name());
        return batch;
    }
}
