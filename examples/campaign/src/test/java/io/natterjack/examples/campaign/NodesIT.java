package io.natterjack.examples.campaign;

import static io.natterjack.testkit.Await.result;
import static io.natterjack.testkit.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientListener;
import io.natterjack.client.Timeline;
import io.natterjack.core.CallSignal;
import io.natterjack.core.CloseReason;
import io.natterjack.core.MessageBody;
import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.Target;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.Session;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.store.redis.cluster.RedisCluster;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers over one store and one Redis, as one chat for the clients on either. */
@Timeout(120)
final class NodesIT {
    private static final RoomId ROOM = new RoomId("room");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    /** What one client heard. */
    private static final class Ear implements ClientListener {
        final Queue<String> heard = new ConcurrentLinkedQueue<>();

        @Override
        public void onPresence(UserId user, PresenceState state) {
            heard.add(user + " is " + state.availability());
        }

        @Override
        public void onCall(RoomId room, UserId from, CallSignal signal) {
            heard.add(from + " " + signal.op() + " " + signal.call() + " " + signal.reason());
        }
    }

    private RedisServer redis() throws Exception {
        RedisServer redis = RedisServer.start(folder, false);
        open.add(redis);
        return redis;
    }

    private ChatServer.Builder node() {
        JdbcMessageStore store = JdbcMessageStore.sqlite(folder.resolve("chat.db"));
        open.add(0, store);
        return ChatServer.builder(
                        request -> CompletableFuture.completedFuture(AuthResult.accepted(principal(request.token()))))
                .store(store)
                .port(0);
    }

    /** A user, whose token is made when it is asked for; or {@code user@time}, when it was made. */
    private static Principal principal(String token) {
        String[] parts = token.split("@", -1);
        Instant issued = parts.length == 1 ? Instant.now() : Instant.parse(parts[1]);
        return Principal.of(new UserId(parts[0])).issued(issued);
    }

    private ChatServer node(RedisServer redis) {
        return start(node().cluster(RedisCluster.connect("redis://127.0.0.1:" + redis.port())));
    }

    private ChatServer start(ChatServer.Builder builder) {
        ChatServer server = builder.start();
        open.add(0, server);
        return server;
    }

    private ChatClient client(ChatServer server, String user) {
        return client(server, user, new Ear());
    }

    private ChatClient client(ChatServer server, String user, ClientListener listener) {
        ChatClient client = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                        () -> CompletableFuture.completedFuture(user))
                .listener(listener)
                .connect();
        open.add(0, client);
        result(client.ready());
        return client;
    }

    private static Timeline timeline(ChatClient client) {
        Timeline timeline = Timeline.join(client, ROOM, 50, changed -> {});
        until("the room is known", () -> timeline.membership().isPresent());
        return timeline;
    }

    private static void createRoom(ChatServer server) {
        // A store that is busy with something else may refuse for now.
        until(
                "the room is made",
                () -> result(server.room(ROOM)
                        .create(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), ADA, BOB)
                        .handle((accepted, refusal) -> refusal == null
                                || String.valueOf(refusal.getMessage()).contains("room_exists"))));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void whatIsSentOnOneNodeIsSeenOnTheOtherAndBack() throws Exception {
        RedisServer redis = redis();
        ChatServer one = node(redis);
        ChatServer two = node(redis);
        createRoom(one);
        ChatClient adas = client(one, "ada");
        Timeline ada = timeline(adas);
        Timeline bob = timeline(client(two, "bob"));
        ada.send(MessageBody.text("hello"));
        until("it comes", () -> bob.messages().size() == 1);
        bob.markRead();
        until(
                "she sees that he has read it",
                () -> ada.entries().get(0).state().name().equals("READ"));
        bob.room().typing(true);
        until("she sees him type", () -> ada.typing().contains(BOB));
        bob.room().react(Target.at(bob.messages().get(0).at()), "👍", true);
        until("and react", () -> !ada.messages().get(0).details().reactions().isEmpty());
        until("both are there", () -> result(adas.present(ROOM)) == 2);
        result(two.room(ROOM).remove(ADA));
        until("she is out at once", ada::isRemoved);
    }

    @Test
    void peopleAreSeenOnWhateverNodeTheyAreAndNoReconnectIsNoticed() throws Exception {
        RedisServer redis = redis();
        ChatServer one = node(redis);
        ChatServer two = node(redis);
        createRoom(one);
        Ear ear = new Ear();
        ChatClient ada = client(one, "ada", ear);
        ada.watch(List.of(BOB));
        until("he isn't there", () -> ear.heard.contains("bob is OFFLINE"));
        ChatClient bob = client(two, "bob");
        until("he is there", () -> ear.heard.contains("bob is ONLINE"));
        bob.presence(Availability.AWAY, "lunch");
        until("he is away", () -> ear.heard.contains("bob is AWAY"));
        ear.heard.clear();

        result(one.disconnect(bob.session().orElseThrow()));
        until("he is back", () -> !result(one.sessionList()).isEmpty());
        ChatClient onOne = client(one, "bob");
        bob.close();
        until("she sees the other device", () -> ear.heard.contains("bob is ONLINE"));
        assertThat(ear.heard).doesNotContain("bob is OFFLINE");
        onOne.close();
        until("he has gone for good", () -> ear.heard.contains("bob is OFFLINE"));
    }

    @Test
    void callsRingOnTheOtherNode() throws Exception {
        RedisServer redis = redis();
        ChatServer one = node(redis);
        ChatServer two = node(redis);
        createRoom(one);
        Ear adas = new Ear();
        Ear phones = new Ear();
        Ear desks = new Ear();
        ChatClient ada = client(one, "ada", adas);
        ChatClient phone = client(two, "bob", phones);
        client(one, "bob", desks);
        result(ada.call(ROOM, CallSignal.offer("c", BOB, "{}", Duration.ofSeconds(20))));
        until("his phone rings", () -> phones.heard.contains("ada OFFER c "));
        until("his desk rings", () -> desks.heard.contains("ada OFFER c "));
        result(phone.call(ROOM, CallSignal.of(CallSignal.Op.ANSWER, "c", "{}")));
        until("she hears the answer", () -> adas.heard.contains("bob ANSWER c "));
        until("his desk falls silent", () -> desks.heard.contains("ada HANGUP c elsewhere"));
        result(ada.call(ROOM, CallSignal.of(CallSignal.Op.ICE, "c", "{}")));
        until("his phone is told where she is", () -> phones.heard.contains("ada ICE c "));
        assertThat(desks.heard).doesNotContain("ada ICE c ");
        phone.close();
        until("she hears that he is gone", () -> adas.heard.contains("bob HANGUP c gone"));
        assertThatThrownBy(() -> result(ada.call(ROOM, CallSignal.of(CallSignal.Op.ICE, "none", "{}"))))
                .hasRootCauseMessage("a call was refused: target_unknown");
    }

    @Test
    void sessionsOfAllNodesAreListedAndEnded() throws Exception {
        RedisServer redis = redis();
        ChatServer one = node(redis);
        ChatServer two = node(redis);
        createRoom(one);
        timeline(client(one, "ada"));
        ChatClient bob = client(two, "bob");
        timeline(bob);
        until("both are listed", () -> result(one.sessionList()).size() == 2);
        Session session = result(one.sessionList()).stream()
                .filter(each -> each.user().equals(BOB))
                .findFirst()
                .orElseThrow();
        assertThat(session.id()).isEqualTo(bob.session().orElseThrow());
        assertThat(session.device()).isEqualTo(bob.device());
        assertThat(session.rooms()).containsExactly(ROOM);
        assertThat(result(one.disconnect(session.id()))).isTrue();
        assertThat(result(one.disconnect(session.id()))).isFalse();
        until("he comes back", () -> result(one.sessionList()).size() == 2);
    }

    @Test
    void aRevocationEndsSessionsOfOtherNodes() throws Exception {
        RedisServer redis = redis();
        revokes(node(redis), node(redis));
    }

    @Test
    void aRevocationEndsSessionsOfOtherNodesWithoutRedisToo() {
        revokes(start(node()), start(node()));
    }

    /** Whoever has an old token can't come back with it; a new one is good. */
    private void revokes(ChatServer one, ChatServer two) {
        ChatClient old = client(two, "bob@" + Instant.now());
        ChatClient other = client(two, "ada");
        result(one.revokeTokens(BOB));

        assertThat(result(old.closed())).isEqualTo(CloseReason.AUTH);
        assertThat(two.sessions()).isEqualTo(1);
        client(two, "bob");
        assertThat(other.closed().toCompletableFuture()).isNotDone();
    }

    @Test
    void withoutRedisNodesOfOneStoreFindEverythingInIt() {
        ChatServer one = start(node());
        ChatServer two = start(node());
        createRoom(one);
        Timeline ada = timeline(client(one, "ada"));
        Timeline bob = timeline(client(two, "bob"));
        ada.send(MessageBody.text("hello"));
        until("it comes", () -> bob.messages().size() == 1);
        result(two.room(ROOM).remove(ADA));
        until("she is out", ada::isRemoved);
        assertThat(one.status().node().foundBySweep()).isPositive();
    }

    @Test
    void whileRedisIsAwayEverythingGoesOnALittleLater() throws Exception {
        RedisServer redis = redis();
        ChatServer one = node(redis);
        ChatServer two = node(redis);
        createRoom(one);
        Timeline ada = timeline(client(one, "ada"));
        ChatClient bobs = client(two, "bob");
        Timeline bob = timeline(bobs);
        until(
                "they are joined",
                () -> one.status().node().connected() && two.status().node().connected());
        redis.kill();
        for (int i = 0; i < 10; i++) {
            result(ada.send(MessageBody.text("while it is away " + i)));
        }
        until("all comes", () -> bob.messages().size() == 10);
        assertThat(one.status().ready()).isTrue();
        redis.restart();
        until(
                "they hear each other again",
                () -> one.status().node().connected() && two.status().node().connected());
        until("and what was said is said at once", () -> {
            long before = System.nanoTime();
            int count = bob.messages().size();
            result(ada.send(MessageBody.text("it is back")));
            return Waiting.within(Duration.ofMillis(500), () -> bob.messages().size() == count + 1)
                    && System.nanoTime() - before < Duration.ofMillis(700).toNanos();
        });
        assertThat(bobs.closed().toCompletableFuture()).isNotDone();
    }
}
