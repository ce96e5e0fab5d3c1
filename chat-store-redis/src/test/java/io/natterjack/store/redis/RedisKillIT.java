package io.natterjack.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.Await;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Redis is killed while several processes append. With an append-only file that is synced always nothing that was acknowledged is gone. */
final class RedisKillIT {
    private static final int WRITERS = 4;
    private static final int KILLS = 3;
    private static final int ROOMS = 6;

    /** What somebody was told: where each client id is. */
    private record Told(String room, String clientId, Cursor at) {}

    private static RoomId room(int number) {
        return new RoomId("room-" + number);
    }

    @Test
    void whatWasAcknowledgedSurvivesRedis() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        // With everysec Redis answers without having written while a sync of the second before takes long.
        try (RedisProcess redis = RedisProcess.start(
                        "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction");
                RedisMessageStore one = RedisMessageStore.connect(redis.uri());
                RedisMessageStore other = RedisMessageStore.connect(redis.uri())) {
            List<Future<List<Told>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                UserId user = new UserId("user-" + i);
                RedisMessageStore store = i % 2 == 0 ? one : other;
                writers.add(threads.submit(() -> write(store, user, done, acknowledged)));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int before = acknowledged.get();
                Await.until("more messages", () -> acknowledged.get() > before + 500);
                redis.kill();
                redis.restart();
            }
            int before = acknowledged.get();
            Await.until("more messages", () -> acknowledged.get() > before + 500);
            done.set(true);
            List<Told> told = new ArrayList<>();
            for (Future<List<Told>> writer : writers) {
                told.addAll(writer.get(30, TimeUnit.SECONDS));
            }
            check(one, told);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Told> write(RedisMessageStore store, UserId user, AtomicBoolean done, AtomicInteger count) {
        List<Told> told = new ArrayList<>();
        for (int round = 0; !done.get(); round++) {
            List<Draft> batch = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                ClientId clientId = new ClientId(round + "-" + i);
                batch.add(new Draft(room(i % ROOMS), user, clientId, MessageBody.text("x")));
            }
            List<Outcome> outcomes = appendAtLast(store, batch);
            for (int i = 0; i < batch.size(); i++) {
                Outcome.Accepted accepted = (Outcome.Accepted) outcomes.get(i);
                told.add(new Told(
                        batch.get(i).room().value(),
                        user.value() + " " + batch.get(i).clientId().value(),
                        accepted.at()));
            }
            count.addAndGet(batch.size());
        }
        return told;
    }

    private static List<Outcome> appendAtLast(RedisMessageStore store, List<Draft> batch) {
        while (true) {
            try {
                return store.append(batch);
            } catch (StoreException e) {
                assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
                // Refused at once while there is no connection.
                Thread.onSpinWait();
            }
        }
    }

    private static void check(RedisMessageStore store, List<Told> told) {
        Map<String, Long> places = new HashMap<>();
        Set<Long> epochs = new HashSet<>();
        for (int i = 0; i < ROOMS; i++) {
            RoomId room = room(i);
            long head =
                    Objects.requireNonNull(store.heads(List.of(room)).get(room)).seq();
            List<RoomEvent> events = store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(events).hasSize((int) head);
            for (RoomEvent event : events) {
                String name = room.value() + " " + event.sender().value() + " "
                        + event.clientId().value();
                assertThat(places.put(name, event.seq())).as("once").isNull();
            }
        }
        Set<String> taken = new HashSet<>();
        for (Told each : told) {
            assertThat(places.get(each.room + " " + each.clientId))
                    .as("%s", each)
                    .isEqualTo(each.at.seq());
            assertThat(taken.add(each.room + " " + each.at)).as("nobody else's").isTrue();
            epochs.add(each.at.epoch());
        }
        assertThat(places).hasSize(told.size());
        assertThat(epochs).hasSizeGreaterThan(KILLS);
    }
}
