package io.natterjack.examples.campaign;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.store.redis.RedisMessageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Messages a second that the store in Redis takes, against the least script that could, on the same server, which keeps an append-only file
 * and flushes it once a second. Rounds take turns; medians count.
 *
 * @param time of one round
 */
record ScriptCost(int rounds, Duration time) {
    private static final int THREADS = 4;
    private static final int BATCH = 64;
    private static final int ROOMS = 256;
    private static final double LEAST_SHARE = 0.5;
    private static final MessageBody BODY =
            MessageBody.text("A message of about the length that people write to one another in a chat.");
    private static final AtomicLong NUMBERS = new AtomicLong();

    List<Goal> measure(Path folder) throws Exception {
        try (RedisServer redis = RedisServer.start(folder.resolve("everysec"), true);
                RedisMessageStore store = RedisMessageStore.connect(redis.uri());
                BareScript bare = new BareScript(redis.uri())) {
            Consumer<List<Draft>> whole = batch -> {
                if (!store.append(batch).stream().allMatch(Outcome.Accepted.class::isInstance)) {
                    throw new IllegalStateException("not everything was accepted");
                }
            };
            run(bare::append, time);
            run(whole, time);
            double[] least = new double[rounds];
            double[] real = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                least[i] = run(bare::append, time);
                real[i] = run(whole, time);
            }
            Arrays.sort(least);
            Arrays.sort(real);
            double leastRate = least[rounds / 2];
            double realRate = real[rounds / 2];
            String detail = String.format(
                    Locale.ROOT,
                    "%.0f messages/s in batches of %d by %d threads, bare script %.0f; everysec",
                    realRate,
                    BATCH,
                    THREADS,
                    leastRate);
            return List.of(Goal.atLeast("store in Redis / bare script", realRate / leastRate, LEAST_SHARE, detail));
        }
    }

    /** Returns how many messages a second there were. */
    private static double run(Consumer<List<Draft>> way, Duration time) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long start = System.nanoTime();
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                counts.add(threads.submit(() -> appendUntil(way, thread, start + time.toNanos())));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum * 1e9 / (System.nanoTime() - start);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long appendUntil(Consumer<List<Draft>> way, int thread, long end) {
        UserId sender = new UserId("sender-" + thread);
        long count = 0;
        while (System.nanoTime() - end < 0) {
            List<Draft> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                long number = NUMBERS.incrementAndGet();
                // Each in a room of its own, so that both ways need one call of a script for each.
                RoomId room = new RoomId("room-" + (count + i + (long) thread * BATCH) % ROOMS);
                batch.add(new Draft(room, sender, new ClientId("m-" + number), BODY));
            }
            way.accept(batch);
            count += BATCH;
        }
        return count;
    }
}
