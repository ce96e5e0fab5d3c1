package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Inbox;
import io.natterjack.client.Room;
import io.natterjack.client.SendRefusedException;
import io.natterjack.client.Timeline;
import io.natterjack.client.TimelineEntry;
import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.IceServer;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Outcome;
import io.natterjack.core.Principal;
import io.natterjack.core.Profile;
import io.natterjack.core.Role;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChangeRefusedException;
import io.natterjack.server.ChatServer;
import io.natterjack.server.HostRoom;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.Interceptor.Decision;
import io.natterjack.server.Session;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the application in whose process the server runs can do, on a real server. */
final class HostIT {
    private static final RoomId ROOM = new RoomId("room");
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private final List<AutoCloseable> open = new ArrayList<>();

    private static ChatServer.Builder builder() {
        return ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .port(0);
    }

    private ChatServer start(ChatServer.Builder builder) {
        ChatServer server = builder.start();
        open.add(server);
        return server;
    }

    private ChatClient client(ChatServer server, String user) {
        ChatClient client = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                        () -> CompletableFuture.completedFuture(user))
                .connect();
        open.add(0, client);
        Await.result(client.ready());
        return client;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private static MessageBody text(String text) {
        return MessageBody.text(text);
    }

    // ---- rooms

    @Test
    void theHostDoesAllThatUsersCan() {
        ChatServer server = start(builder());
        HostRoom room = server.room(ROOM);
        Await.result(room.create(RoomSettings.of(RoomKind.PRIVATE, "Frogs")));
        Await.result(room.add(ADA, Role.OWNER));
        Timeline ada = Timeline.join(client(server, "ada"), ROOM, 50, timeline -> {});
        Outcome.Accepted posted = Await.result(room.post(text("hello")));
        Await.result(room.as(ADA).post(new ClientId("once"), text("in her name")));
        Await.result(room.as(ADA).post(new ClientId("once"), text("in her name")));
        Await.result(room.edit(posted.at(), text("hello!")));
        Outcome.Accepted reply = Await.result(room.reply(posted.at(), text("a reply")));
        Await.result(room.revoke(reply.at()));
        Await.until(
                () -> "all arrives: " + ada.entries(),
                () -> ada.messages().size() == 3
                        && ada.messages().get(2).details().isRevoked());
        assertThat(ada.messages().get(0).sender()).isEqualTo(ChatServer.SYSTEM);
        assertThat(ada.messages().get(0).body().text()).contains("hello!");
        assertThat(ada.messages().get(0).details().replies()).isEqualTo(1);
        assertThat(ada.messages().get(1).sender()).isEqualTo(ADA);
        assertThat(Await.result(room.latest(10)).messages()).hasSize(3);
        assertThat(Await.result(room.members(Optional.empty(), 10))).hasSize(1);
        assertThatThrownBy(() -> Await.result(room.create(RoomSettings.of(RoomKind.OPEN, ""))))
                .hasRootCauseInstanceOf(ChangeRefusedException.class)
                .rootCause()
                .hasMessageContaining("room_exists");
        assertThatIllegalArgumentException().isThrownBy(() -> room.ban(ADA, Duration.ZERO));
        Await.result(room.ban(ADA, Duration.ofMinutes(5)));
        Await.until("she is out", ada::isRemoved);
    }

    @Test
    void aRoomOfTwoTakesNothingBeforeItIsThere() {
        ChatServer server = start(builder());
        HostRoom room = server.directRoom(ADA, BOB);
        assertThatThrownBy(() -> Await.result(room.post(text("early"))))
                .hasRootCauseInstanceOf(ChangeRefusedException.class)
                .rootCause()
                .hasMessageContaining("no_room");
        Await.result(room.create(RoomSettings.direct(ADA, BOB), ADA, BOB));
        Await.result(room.post(text("in time")));

        assertThat(Await.result(room.latest(10)).messages()).hasSize(1);
    }

    @Test
    void aLimitThatIsOutOfRangeIsTheCallersMistakeAlone() {
        ChatServer server = start(builder());
        HostRoom room = server.room(ROOM);
        for (int limit : new int[] {-1, 0, 101}) {
            assertThatIllegalArgumentException().isThrownBy(() -> room.latest(limit));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> room.history(HistoryQuery.Direction.BEFORE, 1, limit));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> room.members(Optional.empty(), 0));
        assertThat(server.status().ready()).isTrue();
    }

    // ---- interceptors

    @Test
    void interceptorsAllowRewriteAndReject() {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        ChatServer server = start(builder()
                .interceptor(proposal -> {
                    String said = proposal.draft().body().text().orElse("");
                    seen.add(proposal.who().user() + " " + said);
                    return said.contains("spam") ? Decision.reject("no_spam") : Decision.allow();
                })
                .interceptor(proposal ->
                        proposal.draft().body().text().filter("darn"::equals).isPresent()
                                ? Decision.rewrite(text("****"))
                                : Decision.allow()));
        Timeline ada = Timeline.join(client(server, "ada"), ROOM, 50, timeline -> {});
        Await.result(ada.send(text("hi")));
        Await.result(ada.send(text("darn")));
        ada.send(text("spam"));
        Await.until(
                () -> "it failed: " + ada.entries(),
                () -> ada.entries().stream()
                        .anyMatch(entry -> entry.state() == TimelineEntry.State.FAILED
                                && entry.failure().equals(Optional.of(ErrorCode.REJECTED))
                                && entry.reason().equals("no_spam")));
        Await.until(() -> "both came: " + ada.messages(), () -> ada.messages().size() == 2);
        assertThat(ada.messages().get(1).body().text()).contains("****");
        assertThat(seen).containsExactly("ada hi", "ada darn", "ada spam");
        // The same sent again is the same, whatever was made of it.
        Room room = ada.room();
        ClientId cid = ada.messages().get(1).clientId();
        assertThat(Await.result(room.send(cid, text("darn"))).isDuplicate()).isTrue();
        assertThat(server.room(ROOM)).isNotNull();
        assertThat(Await.result(server.room(ROOM).post(text("spam of the host's")))
                        .isDuplicate())
                .isFalse();
    }

    @Test
    void anInterceptorThatThrowsOrHangsHarmsNobodyElse() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        ChatServer server =
                start(builder().interceptorTimeLimit(Duration.ofMillis(200)).interceptor(proposal -> {
                    String said = proposal.draft().body().text().orElse("");
                    if (said.equals("throw")) {
                        throw new IllegalStateException("planted");
                    }
                    while (said.equals("hang") && stuck.getCount() > 0) {
                        try {
                            stuck.await();
                        } catch (InterruptedException ignored) {
                            // planted: it doesn't listen
                        }
                    }
                    return Decision.allow();
                }));
        Room ada = client(server, "ada").join(ROOM, message -> {});
        Room bob = client(server, "bob").join(ROOM, message -> {});
        assertThatThrownBy(() -> Await.result(ada.send(text("throw"))))
                .hasRootCauseInstanceOf(SendRefusedException.class)
                .rootCause()
                .hasMessageContaining("internal")
                .hasMessageNotContaining("planted");
        List<Room> hanging = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Room room = client(server, "slow" + i).join(ROOM, message -> {});
            room.send(text("hang"));
            hanging.add(room);
        }
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            Await.result(bob.send(text("hi")));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        stuck.countDown();
        assertThat(hanging).hasSize(12);
    }

    // ---- listeners

    @Test
    void aListenerHearsEverythingInOrderAndGoesOnAfterARestart(@TempDir Path folder) throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        AtomicInteger failures = new AtomicInteger(2);
        try (JdbcMessageStore store = JdbcMessageStore.sqlite(folder.resolve("chat.db"))) {
            ChatServer first = builder()
                    .store(store)
                    .listener("archive", event -> {
                        if (event.body().text().filter("m5"::equals).isPresent() && failures.getAndDecrement() > 0) {
                            throw new IllegalStateException("planted");
                        }
                        heard.add(event.body().text().orElse(event.kind().wireName()));
                    })
                    .start();
            for (int i = 1; i <= 10; i++) {
                Await.result(first.room(ROOM).post(text("m" + i)));
            }
            Await.until(() -> "all are heard: " + heard, () -> heard.contains("m10"));
            Await.until(
                    "it is noted how far it has come", () -> store.listeners().heard("archive", ROOM) == 10);
            first.close();
        }
        assertThat(heard).containsExactly("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10");
        heard.clear();
        try (JdbcMessageStore store = JdbcMessageStore.sqlite(folder.resolve("chat.db"))) {
            // What was written while nobody listened.
            ChatServer without = builder().store(store).start();
            Await.result(without.room(ROOM).post(text("m11")));
            without.close();
            ChatServer second = builder()
                    .store(store)
                    .listener("archive", event -> heard.add(event.body().text().orElse("")))
                    .start();
            Await.result(second.room(ROOM).post(text("m12")));
            // Far from the 15 seconds for which a process that has died keeps its turn.
            Await.until("the rest is heard: " + heard, Duration.ofSeconds(8), () -> heard.contains("m12"));
            second.close();
        }
        assertThat(heard).containsExactly("m11", "m12");
    }

    @Test
    void membersWhoArentThereAreNotified() {
        Queue<String> notices = new ConcurrentLinkedQueue<>();
        ChatServer server = start(builder()
                .presenceGrace(Duration.ZERO)
                .offlineNotifier((user, message, mentioned) ->
                        notices.add(user + " " + message.body().text().orElse("") + (mentioned ? " @" : ""))));
        HostRoom room = server.room(ROOM);
        Await.result(room.create(RoomSettings.of(RoomKind.PRIVATE, "")));
        for (String name : List.of("ada", "bob", "cy", "dee")) {
            Await.result(room.add(new UserId(name), Role.MEMBER));
        }
        ChatClient ada = client(server, "ada");
        ChatClient cy = client(server, "cy");
        Await.result(cy.notifications(ROOM, Notify.MENTIONS));
        ChatClient dee = client(server, "dee");
        Await.result(dee.block(ADA, true));
        dee.close();
        cy.close();
        Await.until("they are gone", () -> server.sessions() == 1);
        Room adas = ada.join(ROOM, message -> {});
        Await.result(adas.send(text("one")));
        Await.result(adas.send(MessageBody.json("{\"text\":\"two\",\"mentions\":[\"cy\"]}")));
        Await.until(() -> "all were told: " + notices, () -> notices.size() >= 3);

        assertThat(notices).containsExactly("bob one", "bob two", "cy two @");
    }

    // ---- sessions and tokens

    @Test
    void sessionsAreListedAndDisconnected() {
        ChatServer server = start(builder());
        ChatClient ada = client(server, "ada");
        ada.join(ROOM, message -> {});
        Await.until(
                "the room is joined",
                () -> sessions(server).stream()
                        .anyMatch(session -> session.rooms().contains(ROOM)));
        Session session = sessions(server).get(0);
        assertThat(session.user()).isEqualTo(ADA);
        assertThat(session.device()).isEqualTo(ada.device());
        assertThat(session.since()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(session.toString()).doesNotContain(session.id().value());
        assertThat(Await.<Boolean>result(server.disconnect(session.id()))).isTrue();
        Await.until(
                "she comes back",
                () -> sessions(server).stream().anyMatch(other -> !other.id().equals(session.id())));

        List<SessionId> before = sessions(server).stream().map(Session::id).toList();
        Await.result(server.disconnect(ADA));
        Await.until(
                "she comes back, since her token is good",
                () -> sessions(server).stream().anyMatch(other -> !before.contains(other.id())));
    }

    private static List<Session> sessions(ChatServer server) {
        return Await.result(server.sessionList());
    }

    @Test
    void revokedTokensLetInNoMore() {
        ChatServer server = start(ChatServer.builder(request -> {
                    String[] parts = request.token().split("@", 2);
                    return CompletableFuture.completedFuture(AuthResult.accepted(
                            Principal.of(new UserId(parts[0])).issued(Instant.ofEpochMilli(Long.parseLong(parts[1])))));
                })
                .port(0));
        ChatClient old = client(server, "ada@" + (System.currentTimeMillis() - 1_000));
        Await.result(server.revokeTokens(ADA));
        assertThat(Await.result(old.closed())).isEqualTo(CloseReason.AUTH);
        ChatClient again = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                        () -> CompletableFuture.completedFuture("ada@" + (System.currentTimeMillis() - 60_000)))
                .connect();
        open.add(0, again);
        assertThat(Await.result(again.closed())).isEqualTo(CloseReason.AUTH);
        client(server, "ada@" + (System.currentTimeMillis() + 1_000));
        client(server, "bob@0");
        Await.result(server.acceptTokens(ADA));
        client(server, "ada@0");
    }

    // ---- the rest

    @Test
    void theApplicationSaysWhoPeopleAre() {
        ChatServer server =
                start(builder().userDirectory(users -> Map.of(BOB, new Profile(BOB, "Bob of the host's", "", ""))));
        ChatClient ada = client(server, "ada");
        assertThat(Await.result(ada.users(List.of(BOB))))
                .containsExactly(new Profile(BOB, "Bob of the host's", "", ""));
        assertThatThrownBy(() -> Await.result(ada.profile("Ada", "", "")))
                .hasRootCauseMessage("a profile was refused: forbidden");
    }

    @Test
    void aDirectoryThatFailsHarmsNobodyElse() {
        ChatServer server = start(builder().userDirectory(users -> {
            throw new IllegalArgumentException("jdbc:hush-hush");
        }));
        ChatClient ada = client(server, "ada");
        assertThatThrownBy(() -> Await.result(ada.users(List.of(BOB))))
                .rootCause()
                .hasMessageContaining("internal")
                .hasMessageNotContaining("hush");

        assertThat(server.status().ready()).isTrue();
        assertThat(Await.result(server.room(ROOM).post(text("all else goes on")))
                        .at()
                        .seq())
                .isEqualTo(1);
    }

    @Test
    void membersGetPasswordsForTheTurnServer() throws Exception {
        ChatServer server = start(builder()
                .iceServer("stun:stun.example.org")
                .turnServer("secret", Duration.ofHours(1), "turns:turn.example.org"));
        Await.result(server.room(ROOM).create(RoomSettings.of(RoomKind.PRIVATE, ""), ADA));
        List<IceServer> servers = Await.result(client(server, "ada").iceServers(ROOM));
        assertThat(servers).hasSize(2);
        IceServer turn = servers.get(1);
        long end = Long.parseLong(turn.username().split(":")[0]);
        assertThat(Instant.ofEpochSecond(end)).isAfter(Instant.now().plusSeconds(3_000));
        assertThat(turn.username()).endsWith(":ada");
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec("secret".getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        assertThat(turn.credential())
                .isEqualTo(Base64.getEncoder()
                        .encodeToString(mac.doFinal(turn.username().getBytes(StandardCharsets.UTF_8))));
        assertThatThrownBy(() -> Await.result(client(server, "bob").iceServers(ROOM)))
                .hasRootCauseMessage("servers for calls was refused: no_room");
    }

    @Test
    void anInboxKeepsItselfUpToDate() {
        ChatServer server = start(builder());
        HostRoom room = server.room(ROOM);
        Await.result(room.create(RoomSettings.of(RoomKind.PRIVATE, "Frogs"), ADA));
        ChatClient phone = client(server, "ada");
        ChatClient desk = client(server, "ada");
        Inbox inbox = Inbox.open(phone, changed -> {});
        open.add(0, inbox);
        Await.until("it has loaded", () -> inbox.entries().size() == 1);
        Await.result(room.as(BOB).post(MessageBody.json("{\"text\":\"hi\",\"mentions\":[\"ada\"]}")));
        Await.until(
                () -> "the message counts: " + inbox.entries(),
                () -> inbox.entries().get(0).unread() == 1
                        && inbox.entries().get(0).mentions() == 1);
        Timeline onDesk = Timeline.join(desk, ROOM, 10, timeline -> {});
        Await.until("it is there", () -> onDesk.messages().size() == 1);
        onDesk.markRead();
        Await.until(
                "what another device has read is read",
                () -> inbox.entries().get(0).unread() == 0);
        Await.result(server.room(new RoomId("other")).create(RoomSettings.of(RoomKind.OPEN, "Toads")));
        Await.result(server.room(new RoomId("other")).invite(ADA, Role.MEMBER));
        Await.until("the invitation is there", () -> inbox.entries().size() == 2);
        Await.result(phone.enter(new RoomId("other")));
        Await.result(server.room(new RoomId("other")).post(text("welcome")));
        Await.until(
                () -> "news of the new room: " + inbox.entries(),
                () -> inbox.entries().get(0).unread() == 1);
        Await.result(room.remove(ADA));
        Await.until("the other is gone", () -> inbox.entries().size() == 1);
    }

    @Test
    void aMessageIsPendingThenSentThenDeliveredThenRead() {
        InMemoryStore store = new InMemoryStore();
        open.add(store);
        ChatServer server = start(builder().store(store));
        Await.result(server.room(ROOM).create(RoomSettings.of(RoomKind.PRIVATE, ""), ADA, BOB));
        Timeline ada = Timeline.join(client(server, "ada"), ROOM, 50, timeline -> {});
        Await.until("she knows the room", () -> ada.membership().isPresent());
        ada.send(text("hi"));
        assertThat(ada.entries().get(0).state()).isIn(TimelineEntry.State.PENDING, TimelineEntry.State.SENT);
        Await.until("it is sent", () -> ada.entries().get(0).state() == TimelineEntry.State.SENT);
        Timeline bob = Timeline.join(client(server, "bob"), ROOM, 50, timeline -> {});
        Await.until(
                () -> "it is delivered: " + ada.entries(),
                () -> ada.entries().get(0).state() == TimelineEntry.State.DELIVERED);
        bob.markRead();
        Await.until("it is read", () -> ada.entries().get(0).state() == TimelineEntry.State.READ);
        assertThat(Await.result(ada.room().receipts(ada.messages().get(0).at())).readers())
                .containsExactly(BOB);
        RoomSettings before = ada.settings();
        Await.result(server.room(ROOM).set("{\"grants\":{\"owner\":{\"send\":false}}}"));
        ada.send(text("no"));
        Await.until(
                () -> "it failed: " + ada.entries(),
                () -> ada.entries().size() == 2
                        && ada.entries().get(1).failure().equals(Optional.of(ErrorCode.FORBIDDEN)));
        Await.result(server.room(ROOM).set("{\"grants\":null}"));
        Await.until("she has heard that she may", () -> ada.settings().equals(before));
        ada.retry(ada.entries().get(1).clientId());
        Await.until("it came after all", () -> ada.messages().size() == 2);
        assertThat(ada.entries()).hasSize(2);
    }
}
