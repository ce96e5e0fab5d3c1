package io.natterjack.store.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.natterjack.core.spi.Bus;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultProxy;
import io.natterjack.testkit.RecordingEar;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of commands whose answer is lost, and of those that can't be sent. */
final class RedisRepeatsIT {
    private static final int CUTS = 10;
    private static final int A_CUT = 100;

    @Test
    void noCommandIsCarriedOutTwice() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", redis.port());
                RedisConnections connections = RedisConnections.open("redis://127.0.0.1:" + proxy.port())) {
            int answered = 0;
            for (int cut = 0; cut < CUTS; cut++) {
                Await.until("a connection", () -> answers(connections));
                List<CompletableFuture<String>> sent = new ArrayList<>();
                for (int i = 0; i < A_CUT; i++) {
                    if (i == A_CUT / 2) {
                        proxy.swallowReplies();
                    }
                    sent.add(connections
                            .commands()
                            .xadd("log", Map.of("text", cut + "-" + i))
                            .toCompletableFuture());
                }
                long all = (cut + 1) * A_CUT;
                Await.until("all that was sent", () -> length(redis) == all);
                proxy.cut();
                for (CompletableFuture<String> each : sent) {
                    answered += each.handle((id, failure) -> failure == null ? 1 : 0)
                            .get(5, TimeUnit.SECONDS);
                }
            }
            Await.until("a connection", () -> answers(connections));
            List<String> texts = new ArrayList<>();
            connections
                    .commands()
                    .xrange("log", Range.unbounded())
                    .get(5, TimeUnit.SECONDS)
                    .forEach(entry -> texts.addAll(entry.getBody().values()));

            assertThat(texts).doesNotHaveDuplicates().hasSize(CUTS * A_CUT);
            assertThat(answered).as("those whose answer wasn't lost").isLessThan(CUTS * A_CUT);
        }
    }

    private static long length(RedisProcess redis) {
        return Long.parseLong(redis.ask("XLEN", "log").substring(1));
    }

    private static boolean answers(RedisConnections connections) {
        return connections
                .commands()
                .ping()
                .toCompletableFuture()
                .handle((pong, failure) -> failure == null)
                .join();
    }

    @Test
    void whoPublishesNeverWaitsForARedisThatStandsStill() throws IOException {
        try (RedisProcess redis = RedisProcess.start();
                RedisCluster a = RedisCluster.connect(redis.uri());
                RedisCluster b = RedisCluster.connect(redis.uri())) {
            RecordingEar ear = new RecordingEar();
            b.bus().listen(ear);
            ear.awaitRegained(1);
            redis.freeze();
            long start = System.nanoTime();
            publishMany(a.bus());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            Await.until("that it's noticed", () -> !b.bus().isConnected());
            redis.resume();
            ear.awaitRegained(2);
            Await.until("a text", () -> {
                a.bus().publish("lobby", "again");
                return ear.texts().contains("again");
            });
        }
    }

    private static void publishMany(Bus bus) {
        Collections.nCopies(100_000, "x".repeat(1_000)).forEach(text -> bus.publish("lobby", text));
    }
}
