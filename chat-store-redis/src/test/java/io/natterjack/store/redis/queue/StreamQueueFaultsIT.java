package io.natterjack.store.redis.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.Range;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.Target;
import io.natterjack.core.Terms;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.QueueFactory.Permit;
import io.natterjack.store.redis.connection.RedisConnections;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.FaultyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong around a queue in Redis, and what comes of it. */
final class StreamQueueFaultsIT {
    private static final RoomId LOBBY = new RoomId("lobby");
    private static final UserId ADA = new UserId("ada");
    private static final String PREFIX = "faults";
    private static final Duration LEASE = Duration.ofMillis(600);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    /** Far from what a sender waits if nobody tells it anything; how long exactly it waits is for {@link OverdueDraftsTest}. */
    private static final Duration IN_TIME = DEADLINE.multipliedBy(3);

    private final LogStore log = new LogStore();
    private final FaultyStore store = new FaultyStore(log);
    private final List<TestNode> nodes = new ArrayList<>();
    private RedisProcess redis;
    private RedisConnections connections;

    @BeforeEach
    void start() {
        redis = RedisProcess.startDurable();
        connections = RedisConnections.open(redis.uri());
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        connections.close();
        redis.close();
    }

    private RedisStreamQueue.Builder builder() {
        return RedisStreamQueue.builder(redis.uri())
                .prefix(PREFIX)
                .streams(4)
                .lease(LEASE)
                .deadline(DEADLINE);
    }

    private TestNode node(MessageStore itsStore, RedisStreamQueue.Builder builder) {
        TestNode node = new TestNode(itsStore, new DeafRouter(), builder);
        nodes.add(node);
        return node;
    }

    private static Draft draft(String clientId) {
        return Talker.draft(LOBBY, clientId);
    }

    private static Outcome outcome(CompletionStage<Outcome> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Outcome.Refused refused(CompletionStage<Outcome> stage) throws Exception {
        return (Outcome.Refused) outcome(stage);
    }

    private RedisClusterAsyncCommands<String, String> commands() {
        return connections.commands();
    }

    private static QueueSettings settings(int streams) {
        Duration second = Duration.ofSeconds(1);
        return new QueueSettings(PREFIX, 0, "test", AckAt.STORE, streams, 1, 1, second, second, 1, second, second);
    }

    private long waiting(int streams) {
        long waiting = 0;
        for (int stream = 0; stream < streams; stream++) {
            waiting += commands()
                    .xlen(settings(streams).draftsKey(stream))
                    .toCompletableFuture()
                    .join();
        }
        return waiting;
    }

    private List<Talker> talk(int rooms, int count, TestNode... through) {
        return IntStream.range(0, rooms)
                .mapToObj(i -> {
                    Talker talker =
                            new Talker(new RoomId("room" + i), () -> through[i % through.length].queue(), count);
                    talker.start();
                    return talker;
                })
                .toList();
    }

    private void assertAllSaidOnceInOrder(List<Talker> talkers) throws Exception {
        for (Talker talker : talkers) {
            talker.join(60_000);
            TestNode.await(() -> log.log(talker.room()).size() >= talker.said().size());
            assertThat(log.log(talker.room())).isEqualTo(talker.said());
        }
    }

    private static int answered(List<Talker> talkers) {
        return talkers.stream().mapToInt(Talker::answered).sum();
    }

    @Test
    void aDatabaseOutageIsBridgedAndTheBacklogDrainsInOrder() throws Exception {
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        store.away(true);
        List<Talker> talkers = talk(8, 250, node);
        TestNode.await(() -> answered(talkers) == 2_000);
        assertThat(waiting(4)).isEqualTo(2_000);

        store.away(false);
        assertAllSaidOnceInOrder(talkers);
        TestNode.await(() -> node.queue().stats().drafts() == 0);
        assertThat(waiting(4)).isZero();
    }

    @Test
    void whoWaitsForAStoreThatIsAwayHearsSoInTimeAndADraftSentAgainIsThereOnce() throws Exception {
        TestNode node = node(store, builder());
        store.away(true);
        long before = System.nanoTime();
        assertThat(refused(node.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);

        CompletionStage<Outcome> again = node.append(draft("a"));
        CompletionStage<Outcome> next = node.append(draft("b"));
        TestNode.await(() -> log.log(LOBBY).isEmpty() && node.queue().stats().drafts() == 2);
        store.away(false);
        assertThat(outcome(again)).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcome(next)).isInstanceOf(Outcome.Accepted.class);
        assertThat(store.batches().get(store.batches().size() - 1)).doesNotHaveDuplicates();
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void whenANodeStopsInTheMiddleAnotherTakesOverAndWhatTheFirstStillAppendsIsFencedOff() throws Exception {
        FaultyStore firsts = new FaultyStore(log);
        TestNode first = node(firsts, builder());
        TestNode second = node(store, builder());
        List<Talker> talkers = talk(8, 300, second);
        TestNode.await(() -> answered(talkers) > 300);

        CountDownLatch frozen = new CountDownLatch(1);
        CountDownLatch inAppend = new CountDownLatch(1);
        firsts.beforeAppend(() -> {
            inAppend.countDown();
            awaitLatch(frozen);
        });
        first.stopClock();
        awaitLatch(inAppend);
        assertAllSaidOnceInOrder(talkers);

        frozen.countDown();
        TestNode.await(() -> log.fenced() > 0);
        assertAllSaidOnceInOrder(talkers);
    }

    @Test
    void aFenceThatTheStoreHasLostIsRaisedAgain() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        log.forgetFences();
        CompletionStage<Outcome> unused = node.append(draft("b"));

        TestNode.await(() -> log.log(LOBBY).equals(List.of("a", "b")));
        assertThat(log.fenced()).isPositive();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFenceThatIsRaisedBehindTheWorkersBackIsRaisedAnew() throws Exception {
        TestNode node = node(store, builder().streams(1));
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        log.raiseFence(settings(1).fenceName(0));
        assertThat(refused(node.append(draft("b"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        TestNode.await(() -> log.log(LOBBY).equals(List.of("a", "b")));
        assertThat(log.fenced()).isPositive();
    }

    @Test
    void aRedisThatIsFullIsDrainedByANodeThatIsNew() throws Exception {
        store.away(true);
        TestNode first = node(store, builder().ackAt(AckAt.QUEUE));
        for (int i = 0; i < 50; i++) {
            assertThat(outcome(first.append(draft("m" + i)))).isInstanceOf(Outcome.Queued.class);
        }
        assertThat(redis.ask("CONFIG", "SET", "maxmemory", "1000")).isEqualTo("+OK");
        assertThat(refused(first.append(draft("late"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        first.close();
        store.away(false);
        node(store, builder().ackAt(AckAt.QUEUE));
        TestNode.await(() -> log.log(LOBBY).size() == 50);
        TestNode.await(() -> waiting(4) == 0);
    }

    @Test
    void nodesShareTheStreamsAndTakeThoseOfOneThatLeaves() throws Exception {
        TestNode first = node(store, builder().node("one"));
        node(store, builder().node("two"));
        TestNode.await(() -> owners().equals(List.of("one", "one", "two", "two")));
        first.close();
        TestNode.await(() -> owners().equals(List.of("two", "two", "two", "two")));
    }

    private List<String> owners() {
        List<String> owners = new ArrayList<>();
        for (int stream = 0; stream < 4; stream++) {
            owners.add(String.valueOf(commands()
                    .get(settings(4).leaseKey(stream))
                    .toCompletableFuture()
                    .join()));
        }
        return owners.stream().sorted().toList();
    }

    @Test
    void whatIsAnsweredQueuedSurvivesThatRedisIsKilled() throws Exception {
        // With everysec Redis answers without having written while a sync of the second before takes long.
        assertThat(redis.ask("CONFIG", "SET", "appendfsync", "always")).isEqualTo("+OK");
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        store.away(true);
        List<Talker> talkers = talk(4, 500, node);
        for (int kills = 0; kills < 3; kills++) {
            int sofar = answered(talkers);
            TestNode.await(() -> answered(talkers) > sofar + 100 || answered(talkers) == 2_000);
            redis.kill();
            redis.restart();
            redis.ask("CONFIG", "SET", "appendfsync", "always");
        }
        TestNode.await(() -> answered(talkers) == 2_000);
        redis.kill();
        redis.restart();
        long kept = IntStream.range(0, 4)
                .mapToObj(stream -> redis.ask("XLEN", settings(4).draftsKey(stream)))
                .mapToLong(length -> Long.parseLong(length.substring(1)))
                .sum();
        assertThat(kept).isGreaterThanOrEqualTo(2_000);
        store.away(false);
        assertAllSaidOnceInOrder(talkers);
    }

    @Test
    void nothingIsLostOrTwiceWhileRedisIsKilledAgainAndAgain() throws Exception {
        TestNode first = node(store, builder());
        TestNode second = node(store, builder());
        List<Talker> talkers = talk(6, 400, first, second);
        for (int kills = 0; kills < 4; kills++) {
            int sofar = answered(talkers);
            TestNode.await(() -> answered(talkers) > sofar + 100 || answered(talkers) == 2_400);
            redis.kill();
            redis.restart();
        }
        assertAllSaidOnceInOrder(talkers);
    }

    @Test
    void whatIsLostWithRedisIsNotOvertakenByWhatIsBehindIt() throws Exception {
        TestNode node = node(store, builder().deadline(Duration.ofSeconds(20)));
        store.away(true);
        Flow flow = new Flow();
        CompletionStage<Outcome> lost = node.queue().append(draft("a"), flow);
        while (waiting(4) == 0) {
            Thread.onSpinWait();
        }
        redis.ask("FLUSHALL");
        CompletionStage<Outcome> behind = node.queue().append(draft("b"), flow);
        store.away(false);

        assertThat(refused(lost).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(behind).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(log.log(LOBBY)).doesNotContain("b");
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void withoutRedisEverythingIsRefusedForNowUntilItIsBack() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        redis.kill();
        long before = System.nanoTime();
        Flow flow = new Flow();
        assertThat(refused(node.queue().append(draft("b"), flow)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);
        assertThat(refused(node.queue().append(draft("c"), flow)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        TestNode.await(() -> !node.queue().stats().isAccepting());

        redis.restart();
        TestNode.await(() -> node.queue().stats().isAccepting());
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    @Test
    void aRedisThatStandsStillKeepsNobodyWaiting() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        redis.freeze();
        long before = System.nanoTime();
        Outcome.Refused refused = refused(node.append(draft("b")));
        redis.resume();
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(IN_TIME);
        TestNode.await(() -> outcomeNow(node.append(draft("b"))) instanceof Outcome.Accepted);
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
    }

    private static Outcome outcomeNow(CompletionStage<Outcome> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void anOutcomeThatIsLostIsLookedUpInTheStore() throws Exception {
        // A node that does the work and can tell nobody of it.
        String channels = " resetchannels &" + PREFIX + ":queue-node:{mute}";
        assertThat(redis.ask(("ACL SETUSER mute on >secret ~* +@all" + channels).split(" ")))
                .isEqualTo("+OK");
        String uri = "redis://mute:secret@127.0.0.1:" + redis.port();
        node(
                store,
                RedisStreamQueue.builder(uri)
                        .prefix(PREFIX)
                        .node("mute")
                        .streams(1)
                        .lease(LEASE));
        TestNode.await(() ->
                commands().get(settings(1).leaseKey(0)).toCompletableFuture().join() != null);
        TestNode sender = node(store, builder().streams(1).deadline(Duration.ofSeconds(20)));
        long before = System.nanoTime();
        Outcome outcome = outcome(sender.append(draft("a")));
        assertThat(((Outcome.Accepted) outcome).at().seq()).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("long before the deadline")
                .isLessThan(Duration.ofSeconds(10));
        TestNode.await(() -> sender.queue().stats().drafts() == 0);
    }

    @Test
    void whatTheStoreRejectsIsRefusedAndKeptAside() throws Exception {
        TestNode node = node(store, builder().streams(1));
        store.reject(draft -> draft.clientId().value().equals("bad"));
        CompletionStage<Outcome> bad = node.append(draft("bad"));
        CompletionStage<Outcome> good = node.append(draft("good"));
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(outcome(good)).isInstanceOf(Outcome.Accepted.class);
        TestNode.await(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void whatMakesTheWorkerFailAgainAndAgainIsRefusedAndKeptAside() throws Exception {
        TestNode node = node(store, builder().streams(1).tries(3));
        node.failOn(draft -> draft.clientId().value().equals("bad"));
        CompletionStage<Outcome> bad = node.append(draft("bad"));
        CompletionStage<Outcome> good = node.append(draft("good"));
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(outcome(good)).isInstanceOf(Outcome.Accepted.class);
        TestNode.await(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void whatEndsItsNodeAgainAndAgainIsFoundAndKeptAside() throws Exception {
        RedisStreamQueue.Builder builder = builder().streams(1).tries(2).ackAt(AckAt.QUEUE);
        store.away(true);
        TestNode node = node(store, builder);
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (String cid : List.of("a", "b", "bad", "c")) {
            stages.add(node.append(draft(cid)));
        }
        for (CompletionStage<Outcome> stage : stages) {
            assertThat(outcome(stage)).isInstanceOf(Outcome.Queued.class);
        }
        CompletableFuture<Outcome> bad =
                ((Outcome.Queued) outcome(stages.get(2))).settled().toCompletableFuture();
        node.hangOn(draft -> draft.clientId().value().equals("bad")); // it may be appending just now
        node.stopClock();
        store.away(false);
        while (!bad.isDone()) {
            TestNode next = node(store, builder);
            next.hangOn(draft -> draft.clientId().value().equals("bad"));
            TestNode.await(() -> next.hung() > 0 || bad.isDone());
            next.stopClock();
            assertThat(nodes).hasSizeLessThan(8);
        }
        assertThat(refused(bad)).isEqualTo(Outcome.Refused.forGood(ErrorCode.INTERNAL));
        assertThat(log.log(LOBBY)).containsExactly("a", "b", "c");
        TestNode.await(() -> dead().size() == 1 && dead().get(0).contains("bad"));
    }

    @Test
    void aStoreThatIsSlowIsNoFaultOfADraft() throws Exception {
        TestNode node = node(store, builder().streams(1).tries(1).patience(DEADLINE));
        node.hangOn(draft -> true);
        assertThat(refused(node.append(draft("slow"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        TestNode.await(() -> node.hung() == 3);
        node.hangOn(draft -> false);
        TestNode.await(() -> log.log(LOBBY).equals(List.of("slow")));
        assertThat(dead()).isEmpty();
    }

    @Test
    void whatIsNoDraftIsKeptAside() throws Exception {
        commands().xadd(settings(1).draftsKey(0), "d", "nonsense").get();
        TestNode node = node(store, builder().streams(1));
        assertThat(outcome(node.append(draft("good")))).isInstanceOf(Outcome.Accepted.class);
        TestNode.await(() -> dead().equals(List.of("nonsense")));
    }

    private List<String> dead() {
        return commands().xrange(settings(1).deadKey(0), Range.unbounded()).toCompletableFuture().join().stream()
                .map(message -> message.getBody().get("d"))
                .toList();
    }

    @Test
    void whatIsBeyondTheBoundsIsRefusedForNowAndNothingOfItsFlowOvertakesIt() throws Exception {
        store.away(true);
        TestNode first = node(store, builder().streams(1).maxDrafts(3).maxBytes(4_000));
        TestNode second = node(store, builder().streams(1).maxDrafts(3).maxBytes(4_000));
        assertThat(refused(first.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        Flow flow = new Flow();
        Draft large = new Draft(LOBBY, ADA, new ClientId("large"), MessageBody.text("x".repeat(3_900)));
        CompletionStage<Outcome> tooLarge = second.queue().append(large, flow);
        CompletionStage<Outcome> behind = second.queue().append(draft("behind"), flow);
        assertThat(refused(tooLarge).code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused(behind).code()).isEqualTo(ErrorCode.BUSY);

        first.append(draft("b"));
        assertThat(refused(first.append(draft("c"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused(second.append(draft("d"))).code()).isEqualTo(ErrorCode.BUSY);
        store.away(false);
        TestNode.await(() -> log.log(LOBBY).equals(List.of("a", "b", "c")));
        TestNode.await(() -> outcomeNow(second.append(draft("d"))) instanceof Outcome.Accepted);
        // The sender hears first, then it is taken out.
        TestNode.await(() ->
                commands().get(settings(1).bytesKey(0)).toCompletableFuture().join() == null);
    }

    @Test
    void aStreamWhoseOldestDraftHasWaitedTooLongTakesNoMore() throws Exception {
        store.away(true);
        TestNode node = node(store, builder().streams(1).maxAge(Duration.ofSeconds(1)));
        assertThat(refused(node.append(draft("a"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        TestNode.await(() -> ((Outcome.Refused) outcomeNow(node.append(draft("b")))).code() == ErrorCode.BUSY);
    }

    @Test
    void aRedisThatMayForgetIsRefusedIfWhatItHasIsAcknowledged() {
        try (RedisProcess forgetful = RedisProcess.start("--maxmemory-policy", "noeviction")) {
            assertRefused(forgetful, "appendonly");
        }
        try (RedisProcess evicting = RedisProcess.start("--appendonly", "yes", "--maxmemory-policy", "allkeys-lru")) {
            assertRefused(evicting, "maxmemory-policy");
        }
    }

    private void assertRefused(RedisProcess unfit, String setting) {
        assertThatThrownBy(() -> new TestNode(
                        store,
                        new DeafRouter(),
                        RedisStreamQueue.builder(unfit.uri()).ackAt(AckAt.QUEUE)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.REJECTED))
                .hasMessageContaining(setting);
    }

    @Test
    void nodesThatSpreadTheRoomsOtherwiseAreRefused() throws Exception {
        Duration lease = Duration.ofSeconds(10); // however slow the machine, the first isn't forgotten meanwhile
        TestNode node = node(store, builder().lease(lease));
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        assertThatThrownBy(() -> new TestNode(
                        store, new DeafRouter(), builder().lease(lease).streams(5)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("4 streams, not 5");
        node.close();
        TestNode other = node(store, builder().streams(5));
        assertThat(outcome(other.append(draft("b")))).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void aNodeThatSpreadsTheRoomsOtherwiseStopsWhenItLearnsSo() throws Exception {
        TestNode node = node(store, builder());
        assertThat(outcome(node.append(draft("a")))).isInstanceOf(Outcome.Accepted.class);
        commands().set(settings(4).streamsKey(), "5").get();
        TestNode.await(() -> !node.queue().stats().isAccepting());
        assertThat(refused(node.append(draft("b"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        TestNode.await(() -> owners().equals(List.of("null", "null", "null", "null")));
        commands().del(settings(4).streamsKey()).get();
        TestNode.await(() -> outcomeNow(node.append(draft("b"))) instanceof Outcome.Accepted);
    }

    private QueueScripts roomyScripts() {
        return new QueueScripts(
                commands(),
                new QueueSettings(
                        PREFIX, 0, "test", AckAt.STORE, 1, 10, 10_000, Duration.ofMinutes(1), LEASE, 1, LEASE, LEASE));
    }

    @Test
    void aCallThatComesAfterTheNextOneIsNoSignOfALoss() throws Exception {
        QueueScripts scripts = roomyScripts();
        scripts.add(0, 0, 7, List.of(new QueueScripts.Added("", 1, "text")))
                .toCompletableFuture()
                .get();
        scripts.add(0, 0, 6, List.of(new QueueScripts.Added("", 2, "held up on its way")))
                .toCompletableFuture()
                .get();
        QueueScripts.Adding next = scripts.add(0, 7, 8, List.of(new QueueScripts.Added("", 3, "text")))
                .toCompletableFuture()
                .get();
        assertThat(next.isLost()).isFalse();
        assertThat(next.ids()).hasSize(1).doesNotContain("");
    }

    @Test
    void anIdThatIsGivenAgainIsNotTakenForTheDraft() throws Exception {
        QueueScripts scripts = roomyScripts();
        QueueScripts.Adding first = scripts.add(0, 0, 1, List.of(new QueueScripts.Added("", 1, "text")))
                .toCompletableFuture()
                .get();
        String id = first.ids().get(0);
        assertThat(scripts.add(0, 0, 2, List.of(new QueueScripts.Added(id, 1, "text")))
                        .toCompletableFuture()
                        .get()
                        .ids())
                .containsExactly(id);
        assertThat(scripts.add(0, 0, 3, List.of(new QueueScripts.Added(id, 2, "text")))
                        .toCompletableFuture()
                        .get()
                        .ids())
                .doesNotContain(id);
    }

    @Test
    void aUserWithTheRightsThatAreDocumentedMayDoAll() throws Exception {
        String rights =
                "resetkeys ~" + PREFIX + ":* resetchannels &" + PREFIX + ":* -@all +eval +xrange +xlen +xadd +xdel"
                        + " +get +set +del +incrby +decrby +pexpire +time +zadd +zcard +zcount +zrem +zremrangebyscore +hget +hset +hincrby +ssubscribe"
                        + " +sunsubscribe +spublish +info +ping +hello +auth +client|setname +config|get";
        assertThat(redis.ask(("ACL SETUSER chat on >secret " + rights).split(" ")))
                .isEqualTo("+OK");
        String uri = "redis://chat:secret@127.0.0.1:" + redis.port();
        RedisStreamQueue.Builder builder =
                RedisStreamQueue.builder(uri).prefix(PREFIX).streams(4).ackAt(AckAt.QUEUE);
        TestNode node = node(store, builder);
        store.reject(draft -> draft.clientId().value().equals("bad"));
        for (String cid : List.of("a", "bad", "b")) {
            Outcome outcome = outcome(node.append(draft(cid)));
            assertThat(outcome instanceof Outcome.Queued queued ? outcome(queued.settled()) : outcome)
                    .isNotInstanceOf(Outcome.Queued.class);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b");
        node.close();
    }

    @Test
    void messagesAreAnsweredByTheQueueIfItIsToldToAndChangesByTheStore() throws Exception {
        TestNode node = node(store, builder().ackAt(AckAt.QUEUE));
        Flow flow = new Flow();
        CompletionStage<Outcome> message = node.queue().append(draft("a"), flow);
        RoomChange edit =
                new RoomChange.Edited(Target.own(new ClientId("a")), MessageBody.text("other"), OptionalLong.empty());
        CompletionStage<Outcome> change = node.queue().append(Draft.change(LOBBY, ADA, new ClientId("e"), edit), flow);
        if (outcome(message) instanceof Outcome.Queued queued) {
            assertThat(((Outcome.Accepted) outcome(queued.settled())).at().seq())
                    .isEqualTo(1);
        } else {
            assertThat(outcome(message)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(((Outcome.Accepted) outcome(change)).at().seq()).isEqualTo(2);

        store.away(true);
        assertThat(outcome(node.append(draft("b")))).isInstanceOf(Outcome.Queued.class);
        CompletionStage<Outcome> later = node.append(Draft.change(LOBBY, ADA, new ClientId("f"), edit));
        assertThat(refused(later).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void whatWasPermittedBeforeARightWasTakenIsPermittedAnew() throws Exception {
        TestNode node = node(store, builder());
        log.accessRev(7);
        node.policy(draft -> draft.clientId().value().startsWith("no")
                ? Permit.refused(Outcome.Refused.forGood(ErrorCode.FORBIDDEN))
                : Permit.of(draft.under(new Terms(7, false, 0))));
        Flow flow = new Flow();
        Terms old = new Terms(6, false, 0);
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (String cid : List.of("a", "no1", "b", "c", "no2", "d")) {
            stages.add(node.queue().append(draft(cid).under(old), flow));
        }
        for (CompletionStage<Outcome> stage : stages) {
            outcome(stage);
        }
        assertThat(log.log(LOBBY)).containsExactly("a", "b", "c", "d");
        assertThat(refused(stages.get(1)).code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refused(stages.get(4)).code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void aQueueThatIsDrainedAnswersFirst() throws Exception {
        TestNode node = node(store, builder());
        List<CompletionStage<Outcome>> stages = IntStream.range(0, 100)
                .mapToObj(i -> node.append(draft("m" + i)))
                .toList();
        assertThat(node.queue().drain(Duration.ofSeconds(10))).isTrue();
        for (CompletionStage<Outcome> stage : stages) {
            assertThat(outcome(stage)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(refused(node.append(draft("late"))).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(new HashSet<>(log.log(LOBBY))).hasSize(100);
    }
}
