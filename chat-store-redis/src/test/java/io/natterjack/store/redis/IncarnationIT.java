package io.natterjack.store.redis;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.Durability;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Fence;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.store.redis.connection.RedisSentinelProcess;
import io.natterjack.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that comes back older than it was: nobody gets a seq twice in an epoch, and nothing that is gone passes for being there. */
final class IncarnationIT {
    private static final RoomId ROOM = new RoomId("room");
    private static final UserId ADA = new UserId("ada");

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private RedisProcess redis(String... arguments) {
        RedisProcess redis = RedisProcess.start(arguments);
        opened.add(redis);
        return redis;
    }

    private RedisProcess durable() {
        return redis("--appendonly", "yes", "--appendfsync", "always");
    }

    private RedisMessageStore store(String uri) {
        RedisMessageStore store = RedisMessageStore.builder(uri)
                .durability(Durability.MAY_LOSE_ACKNOWLEDGED_MESSAGES)
                .open();
        opened.add(store);
        return store;
    }

    private static Draft draft(String text) {
        return new Draft(ROOM, ADA, new ClientId(UUID.randomUUID().toString()), MessageBody.text(text));
    }

    /** Asks again while the store is away: it may not have noticed yet that Redis is back. */
    private static <T> T atLast(Supplier<T> asked) {
        AtomicReference<T> answer = new AtomicReference<>();
        Await.until("an answer", () -> {
            try {
                answer.set(asked.get());
                return true;
            } catch (StoreException away) {
                assertThat(away.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
                return false;
            }
        });
        return answer.get();
    }

    private static Cursor append(RedisMessageStore store, Draft draft) {
        Outcome outcome = atLast(() -> store.append(List.of(draft)).get(0));
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) outcome).at();
    }

    private static Cursor append(RedisMessageStore store, String text) {
        return append(store, draft(text));
    }

    private static Cursor head(RedisMessageStore store) {
        return Objects.requireNonNull(atLast(() -> store.heads(List.of(ROOM))).get(ROOM));
    }

    private static List<String> texts(RedisMessageStore store) {
        long epoch = head(store).epoch();
        List<RoomEvent> events = atLast(() -> store.eventsAfter(ROOM, 0, 100, 1 << 20));
        assertThat(events).allMatch(event -> event.at().epoch() == epoch);
        return events.stream().map(event -> event.body().text().orElse("")).collect(toList());
    }

    @Test
    void aFirstStartBeginsAnEpochThatLaterStoresShare() {
        RedisProcess redis = redis();
        RedisMessageStore first = store(redis.uri());
        Cursor at = append(first, "a");
        RedisMessageStore second = store(redis.uri());

        assertThat(head(second)).isEqualTo(at);
        assertThat(append(second, "b")).isEqualTo(new Cursor(at.epoch(), 2));
        assertThat(append(first, "c")).isEqualTo(new Cursor(at.epoch(), 3));
    }

    @Test
    void aStartWaitsForTheRecoveryOfAnother() {
        RedisProcess redis = redis();
        String lock = new Keys("natterjack").lock(10);
        redis.ask("SET", lock, "of one that died", "PX", "1000");

        assertThat(append(store(redis.uri()), "a").seq()).isEqualTo(1);
    }

    @Test
    void aRedisThatForgotBeginsAnEpoch() throws Exception {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        append(store, "a");
        Cursor before = append(store, "b");
        redis.kill();
        redis.restart();

        assertThat(head(store).seq()).isZero();
        Cursor after = append(store, "c");
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(after.seq()).isEqualTo(1);
        assertThat(texts(store)).containsExactly("c");
    }

    @Test
    void whatAnAppendOnlyFileKeptIsThereInTheNextEpoch() throws Exception {
        RedisProcess redis = durable();
        RedisMessageStore store = store(redis.uri());
        Draft draft = draft("a");
        Cursor before = append(store, draft);
        append(store, "b");
        redis.kill();
        redis.restart();

        assertThat(texts(store)).containsExactly("a", "b");
        Cursor again = append(store, draft);
        assertThat(again.seq()).isEqualTo(1);
        assertThat(again.epoch()).isGreaterThan(before.epoch());
        assertThat(append(store, "c")).isEqualTo(new Cursor(again.epoch(), 3));
        assertThat(store.history(HistoryQuery.latest(ROOM, 10), 1 << 20).messages())
                .allMatch(message -> message.at().epoch() == again.epoch());
    }

    @Test
    void aPlaceOfAnEpochThatIsOverIsNoTarget() throws Exception {
        RedisProcess redis = durable();
        RedisMessageStore store = store(redis.uri());
        Cursor before = append(store, "a");
        redis.ask("DEL", "natterjack{p" + Keys.partition(ROOM) + "}/inc");

        Draft revocation = Draft.change(ROOM, ADA, new ClientId("r"), new RoomChange.Revoked(Target.at(before)));
        assertThat(store.append(List.of(revocation)))
                .containsExactly(Outcome.Refused.forGood(ErrorCode.TARGET_UNKNOWN));
        Cursor now = new Cursor(head(store).epoch(), 1);
        assertThat(now.epoch()).isGreaterThan(before.epoch());
        Draft known = Draft.change(ROOM, ADA, new ClientId("r"), new RoomChange.Revoked(Target.at(now)));
        assertThat(append(store, known)).isEqualTo(new Cursor(now.epoch(), 2));
    }

    @Test
    void flushedKeysAreALossForEveryNode() {
        RedisProcess redis = redis();
        RedisMessageStore one = store(redis.uri());
        RedisMessageStore other = store(redis.uri());
        append(one, "a");
        Cursor before = append(other, "b");
        redis.ask("FLUSHALL");

        assertThat(head(other).seq()).isZero();
        assertThat(head(other).epoch()).isGreaterThan(before.epoch());
        Cursor after = append(one, "c");
        assertThat(after).isEqualTo(new Cursor(head(other).epoch(), 1));
        assertThat(append(other, "d")).isEqualTo(new Cursor(after.epoch(), 2));
        assertThat(texts(one)).containsExactly("c", "d");
    }

    @Test
    void nodesThatFindALossAtOnceBeginOneEpoch() throws Exception {
        RedisProcess redis = redis();
        List<RedisMessageStore> stores = List.of(store(redis.uri()), store(redis.uri()), store(redis.uri()));
        ExecutorService threads = Executors.newFixedThreadPool(6);
        opened.add(threads::shutdownNow);
        for (int round = 0; round < 5; round++) {
            append(stores.get(0), "before");
            redis.ask("FLUSHALL");
            List<Future<Cursor>> futures = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                RedisMessageStore store = stores.get(i % 3);
                futures.add(threads.submit(() -> append(store, "after")));
            }
            Set<Cursor> places = new HashSet<>();
            Set<Long> epochs = new HashSet<>();
            for (Future<Cursor> future : futures) {
                Cursor at = future.get(20, TimeUnit.SECONDS);
                places.add(at);
                epochs.add(at.epoch());
            }
            assertThat(places).hasSize(30);
            assertThat(epochs).hasSize(1);
        }
    }

    @Test
    void anOlderCopyOfTheDataIsNotTakenForThePresent(@TempDir Path folder) throws Exception {
        RedisProcess redis = durable();
        // No file comes or goes while all are copied.
        assertThat(redis.ask("CONFIG", "SET", "auto-aof-rewrite-percentage", "0"))
                .isEqualTo("+OK");
        RedisMessageStore one = store(redis.uri());
        RedisMessageStore other = store(redis.uri());
        Set<Cursor> told = new HashSet<>(List.of(append(one, "a"), append(other, "b")));
        Path copy = folder.resolve("copy");
        copy(redis.directory(), copy);
        told.add(append(one, "c"));
        told.add(append(other, "d"));
        long before = head(one).epoch();
        redis.kill();
        copy(copy, redis.directory());
        redis.restart();

        assertThat(texts(one)).containsExactly("a", "b");
        assertThat(head(one).epoch()).isGreaterThan(before);
        for (RedisMessageStore store : List.of(other, one, other)) {
            assertThat(told.add(append(store, "e")))
                    .as("a place that nobody had")
                    .isTrue();
        }
        assertThat(texts(other)).containsExactly("a", "b", "e", "e", "e");
    }

    @Test
    void aSnapshotIsOlderThanWhatWasTold() throws Exception {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        append(store, "a");
        redis.ask("SAVE");
        Cursor lost = append(store, "b");
        redis.kill();
        redis.restart();

        Cursor after = append(store, "c");
        assertThat(after.seq()).isEqualTo(2);
        assertThat(after.epoch()).isGreaterThan(lost.epoch());
        assertThat(texts(store)).containsExactly("a", "c");
    }

    @Test
    void aServerThatStoodStillIsTheSame() throws Exception {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        Cursor before = append(store, "a");
        Draft draft = draft("b");
        redis.freeze();
        assertThatThrownBy(() -> store.append(List.of(draft)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        redis.resume();

        assertThat(append(store, draft)).isEqualTo(new Cursor(before.epoch(), 2));
        assertThat(texts(store)).containsExactly("a", "b");
    }

    @Test
    void aSlotThatMovedWithoutItsKeysBeginsAnEpoch() {
        RedisClusterProcess cluster = RedisClusterProcess.start();
        opened.add(cluster);
        RedisMessageStore store = store(cluster.uri());
        Cursor before = append(store, "a");
        Keys keys = new Keys("natterjack");
        int partition = Keys.partition(ROOM);
        int slot = SlotHash.getSlot(keys.room(ROOM));
        RedisProcess from = cluster.servers().get(slot * 3 / SlotHash.SLOT_COUNT);
        RedisProcess to = cluster.servers().get((slot * 3 / SlotHash.SLOT_COUNT + 1) % 3);
        List.of(
                        keys.incarnation(partition),
                        keys.changedRooms(partition),
                        keys.room(ROOM),
                        keys.log(ROOM),
                        keys.bodies(ROOM),
                        keys.sent(ROOM))
                .forEach(key -> assertThat(from.ask("DEL", key)).isEqualTo(":1"));
        cluster.moveSlot(slot, from, to);

        Cursor after = append(store, "b");
        assertThat(after.seq()).isEqualTo(1);
        assertThat(after.epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void anEpochNeverGoesDown() {
        RedisProcess redis = redis();
        append(store(redis.uri()), "a");
        long far = System.currentTimeMillis() * 2;
        for (int i = 0; i < Keys.PARTITIONS; i++) {
            redis.ask("SET", "natterjack{p" + i + "}/inc", far + " other process");
        }
        RedisMessageStore store = store(redis.uri());

        assertThat(head(store)).isEqualTo(new Cursor(far + 1, 1));
        redis.ask("FLUSHALL");
        assertThat(head(store)).as("known to the process alone").isEqualTo(new Cursor(far + 2, 0));
    }

    @Test
    void aServerWithoutItsScriptsMayHaveBeenAway() {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        Cursor before = append(store, "a");
        redis.ask("SCRIPT", "FLUSH");

        Cursor after = append(store, "b");
        assertThat(after.seq()).isEqualTo(2);
        assertThat(after.epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void aMasterThatWasAReplicaMeanwhileHasAnotherCopy() {
        RedisProcess master = redis("--repl-diskless-sync-delay", "0");
        RedisProcess replica = redis("--repl-diskless-sync-delay", "0");
        RedisMessageStore store = store(master.uri());
        append(store, "a");
        follow(replica, master);
        replica.ask("REPLICAOF", "NO", "ONE");
        Cursor lost = append(store, "b");
        follow(master, replica);
        master.ask("REPLICAOF", "NO", "ONE");
        // As a Sentinel does: whoever is connected has to ask again who is who.
        master.ask("CLIENT", "KILL", "TYPE", "normal");

        Cursor after = append(store, "c");
        assertThat(after.seq()).isEqualTo(2);
        assertThat(after.epoch()).isGreaterThan(lost.epoch());
        assertThat(texts(store)).containsExactly("a", "c");
    }

    private static void follow(RedisProcess follower, RedisProcess master) {
        follower.ask("REPLICAOF", "127.0.0.1", String.valueOf(master.port()));
        Await.until("a replica", () -> follower.ask("INFO", "replication").contains("master_link_status:up"));
    }

    @Test
    void aReplicaThatTakesOverBeginsAnEpoch() {
        RedisSentinelProcess sentinel = RedisSentinelProcess.start("--repl-diskless-sync-delay", "0");
        opened.add(sentinel);
        RedisMessageStore store = store(sentinel.uri());
        Cursor before = append(store, "a");
        Await.until(
                "a replica that has it",
                () -> sentinel.replica()
                        .ask("HGET", "natterjack{p" + Keys.partition(ROOM) + "}/room/room", "s")
                        .equals("1"));
        sentinel.failOver();

        Cursor after = append(store, "b");
        assertThat(after.seq()).isEqualTo(2);
        assertThat(after.epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void whatWasHeardInALostPastIsHeardAgain() {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        store.listeners().register("bot");
        append(store, "a");

        store.listeners().heard("bot", ROOM, 2);
        assertThat(store.listeners().heard("bot", ROOM)).isZero();
        assertThat(store.listeners().behind("bot", 10)).isEqualTo(Map.of(ROOM, 0L));
        store.listeners().heard("bot", ROOM, 1);
        assertThat(store.listeners().behind("bot", 10)).isEmpty();
    }

    @Test
    void aFenceOutlivesTheMemoryOfRedis() {
        RedisProcess redis = redis();
        RedisMessageStore store = store(redis.uri());
        store.raiseFence("f");
        Fence before = store.raiseFence("f");
        redis.ask("FLUSHALL");

        assertThat(store.raiseFence("f").generation()).isGreaterThan(before.generation());
    }

    private static void copy(Path from, Path to) throws IOException {
        remove(to);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
