package io.natterjack.store.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Presence;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.store.redis.connection.RedisSentinelProcess;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.FaultProxy;
import io.natterjack.testkit.RecordingEar;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes whose Redis, or whose way to it, breaks. */
final class RedisClusterIT {
    private static final UserId ADA = new UserId("ada");
    private static final SessionId PHONE = new SessionId("phone");
    private static final PresenceState ONLINE = new PresenceState(Availability.ONLINE, "", 0);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final List<AutoCloseable> opened = new ArrayList<>();

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(0, resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** One node with all that it has. */
    private final class Node {
        final RedisCluster cluster;
        final RecordingEar ear = new RecordingEar();
        final Presence presence;
        final List<PresenceState> seen = new ArrayList<>();

        Node(String uri) {
            cluster = open(RedisCluster.connect(uri));
            cluster.bus().listen(ear);
            presence = cluster.presence(open(new SystemScheduler("test-timer")), GRACE);
            presence.watch(List.of(ADA), (user, state) -> {
                synchronized (seen) {
                    seen.add(state);
                }
            });
            ear.awaitRegained(1);
            // The watching has begun when a query after it is answered.
            assertThat(query()).isNotNull();
        }

        List<Availability> seen() {
            synchronized (seen) {
                return seen.stream().map(PresenceState::availability).toList();
            }
        }

        PresenceState query() {
            return Objects.requireNonNull(
                    presence.query(List.of(ADA)).toCompletableFuture().join().get(ADA));
        }

        void awaitSeen(Availability... all) {
            Await.until(() -> List.of(all) + " seen, but " + seen(), () -> seen().equals(List.of(all)));
        }
    }

    /** Repeats a text until it's heard: at most once is what was promised. */
    private static void awaitHearing(Node from, Node to, String text) {
        Await.until(text, () -> {
            from.cluster.bus().publish("lobby", text);
            return to.ear.texts().contains(text);
        });
    }

    @Test
    void whereThereIsNoRedisOneIsTold() {
        assertThatThrownBy(() -> RedisCluster.connect("redis://127.0.0.1:" + RedisProcess.freePort()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is it running");
    }

    @Test
    void nodesKnowEachOther() throws Exception {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());

        assertThat(a.cluster.nodes().toCompletableFuture().get(2, TimeUnit.SECONDS))
                .containsExactlyInAnyOrder(a.cluster.node(), b.cluster.node());
        b.cluster.close();
        assertThat(a.cluster.nodes().toCompletableFuture().get(2, TimeUnit.SECONDS))
                .containsExactly(a.cluster.node());
    }

    @Test
    void whoWasOnANodeThatLeavesIsGoneAtOnceAndNothingOfItIsLeft() {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
        a.cluster.close();
        b.awaitSeen(Availability.ONLINE, Availability.OFFLINE);

        assertThat(b.query().lastSeen()).isPositive();
        Await.until("one lease", () -> redis.ask("ZCARD", "natterjack:nodes").equals(":1"));
        assertThat(redis.ask("HLEN", "natterjack:presence:ada")).isEqualTo(":1");
        assertThat(redis.ask("PTTL", "natterjack:presence:ada")).isNotEqualTo(":-1");
    }

    @Test
    void whoWasOnANodeThatDiesIsGoneWithin15Seconds() throws IOException {
        RedisProcess redis = open(RedisProcess.start());
        FaultProxy proxy = open(FaultProxy.to("127.0.0.1", redis.port()));
        Node a = new Node("redis://127.0.0.1:" + proxy.port());
        Node b = new Node(redis.uri());
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
        long died = System.nanoTime();
        proxy.refuse();
        proxy.cut();
        b.awaitSeen(Availability.ONLINE, Availability.OFFLINE);

        assertThat(Duration.ofNanos(System.nanoTime() - died)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
        assertThat(a.query()).as("its own people a node knows").isEqualTo(ONLINE);
        Await.until("one lease", () -> redis.ask("ZCARD", "natterjack:nodes").equals(":1"));

        proxy.accept();
        b.awaitSeen(Availability.ONLINE, Availability.OFFLINE, Availability.ONLINE);
        assertThat(a.seen()).containsExactly(Availability.ONLINE);
    }

    @Test
    void aRedisThatForgotEverythingIsToldAgain() throws IOException {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
        redis.kill();
        Await.until("no connection", () -> !a.cluster.bus().isConnected());
        assertThat(a.query()).isEqualTo(ONLINE);
        assertThat(b.query()).isEqualTo(ONLINE);
        redis.restart();
        a.ear.awaitRegained(2);
        b.ear.awaitRegained(2);
        awaitHearing(a, b, "again");
        awaitHearing(b, a, "again");
        Await.until(
                "the entry", () -> redis.ask("HLEN", "natterjack:presence:ada").equals(":1"));
        a.presence.disconnected(ADA, PHONE, true);

        b.awaitSeen(Availability.ONLINE, Availability.OFFLINE);
        assertThat(a.cluster.bus().isConnected()).isTrue();
    }

    @Test
    void flushedEntriesAreWrittenAgain() {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        a.presence.connected(ADA, PHONE, ONLINE);
        Await.until(
                "the entry", () -> redis.ask("HLEN", "natterjack:presence:ada").equals(":1"));
        redis.ask("FLUSHALL");

        Await.until(
                "the entry again",
                () -> redis.ask("HLEN", "natterjack:presence:ada").equals(":1"));
    }

    @Test
    void afterAFailOverAllGoesOn() {
        RedisSentinelProcess redis = open(RedisSentinelProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
        redis.failOver();
        awaitHearing(a, b, "after");
        awaitHearing(b, a, "after");
        a.ear.awaitRegained(2);
        Await.until("a connection", () -> a.cluster.bus().isConnected());
        a.presence.disconnected(ADA, PHONE, true);

        b.awaitSeen(Availability.ONLINE, Availability.OFFLINE);
    }

    @Test
    void aMasterThatStandsStillIsLeftForItsSuccessor() throws IOException {
        RedisSentinelProcess redis = open(RedisSentinelProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        redis.master().freeze();
        redis.awaitFailOver();
        awaitHearing(a, b, "after");
        awaitHearing(b, a, "after");
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
        redis.master().resume();
        awaitHearing(a, b, "at last");
    }

    @Test
    void aConnectionThatHearsNothingIsOpenedAnew() {
        RedisProcess redis = open(RedisProcess.start());
        FaultProxy proxy = open(FaultProxy.to("127.0.0.1", redis.port()));
        Node a = new Node("redis://127.0.0.1:" + proxy.port());
        Node b = new Node(redis.uri());
        proxy.swallowReplies();
        a.ear.awaitRegained(2);
        awaitHearing(b, a, "heard again");

        assertThat(proxy.swallowedBytes()).isPositive();
    }

    @Test
    void channelsFollowTheirSlots() {
        RedisClusterProcess redis = open(RedisClusterProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        int slot = SlotHash.getSlot(new Channels("natterjack", 0, 64).of("lobby"));
        int owner = slot / (16_384 / 3 + 1);
        redis.moveSlot(slot, redis.servers().get(owner), redis.servers().get((owner + 1) % 3));
        b.ear.awaitRegained(2);
        awaitHearing(a, b, "moved");
        awaitHearing(b, a, "moved");
    }

    @Test
    void aServerOfAClusterThatComesBackIsHeardAgain() throws IOException {
        RedisClusterProcess redis = open(RedisClusterProcess.start());
        Node a = new Node(redis.uri());
        Node b = new Node(redis.uri());
        redis.servers().get(0).kill();
        Await.until("that it's noticed", () -> !a.cluster.bus().isConnected());
        redis.servers().get(0).restart();
        Await.until(
                "a connection",
                () -> a.cluster.bus().isConnected() && b.cluster.bus().isConnected());
        for (int i = 0; i < 20; i++) {
            awaitHearing(a, b, "again " + i);
        }
        a.presence.connected(ADA, PHONE, ONLINE);
        b.awaitSeen(Availability.ONLINE);
    }

    @Test
    void whatWasSaidUnderALostLeaseMakesNobodySeemToBeThere() {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        redis.ask("HSET", "natterjack:presence:ada", "lost.0", "o");
        Await.until("that nobody is seen", () -> a.query().availability() == Availability.OFFLINE);
        Await.until(
                "no entry", () -> redis.ask("HLEN", "natterjack:presence:ada").equals(":0"));
    }

    @Test
    void aNodeThatLostItsLeaseTakesWhatItSaidUnderItAway() {
        RedisProcess redis = open(RedisProcess.start());
        Node a = new Node(redis.uri());
        String lost = a.cluster.node() + ".0";
        redis.ask("ZREM", "natterjack:nodes", lost);
        redis.ask("SADD", "natterjack:people:" + lost, "bob");
        redis.ask("HSET", "natterjack:presence:bob", lost, "o");

        Await.until(
                "no entry",
                () -> redis.ask("HGET", "natterjack:presence:bob", lost).equals("$-1"));
    }
}
