package io.natterjack.examples.supportdesk;

import static io.natterjack.examples.supportdesk.SupportDesk.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Timeline;
import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.InMemoryStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SupportDeskIT {
    private static final UserId ADA = new UserId("ada");
    private static final List<UserId> AGENTS = List.of(new UserId("alice"));
    private static final String LARGEST = "x".repeat(MessageBody.MAX_BYTES - "{\"text\":\"\"}".length());

    private static ChatClient client(SupportDesk desk, String user) {
        return ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + desk.port() + "/chat"),
                        () -> CompletableFuture.completedFuture(user))
                .connect();
    }

    private static List<String> texts(MessageStore store, RoomId room) {
        return store.history(HistoryQuery.latest(room, 100), 1 << 20).messages().stream()
                .map(message -> message.body().text().orElseThrow())
                .toList();
    }

    private static void write(SupportDesk desk, String user, RoomId room, String text) throws Exception {
        try (ChatClient client = client(desk, user)) {
            done(Timeline.join(client, room, 10, timeline -> {}).send(MessageBody.text(text)));
        }
    }

    @Test
    void aTalkIsWrittenDownFromItsBeginningToItsEnd() throws Exception {
        assertThat(Day.run().lines())
                .containsExactly(
                        "Transcript of ~desk-ada",
                        "  system: Welcome! How can we help?",
                        "  ada: My frog is green.",
                        "  system: An agent will be with you in a moment.",
                        "  system: alice is here for you.",
                        "  alice: Frogs are. Is it ill?",
                        "  system: alice hands over to bob.",
                        "  bob: Give it a fly.",
                        "  system: This talk is closed. Thank you!");
    }

    @Test
    void aMessageAsLargeAsMayBeReachesTheAgents() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            RoomId room = desk.open(ADA);
            write(desk, "ada", room, LARGEST);
            Await.until(
                    "the agents hear", () -> !texts(store, SupportDesk.QUEUE).isEmpty());

            assertThat(texts(store, SupportDesk.QUEUE))
                    .singleElement()
                    .asString()
                    .startsWith("~desk-ada: xxx");
            assertThat(texts(store, room)).hasSize(3);
        }
    }

    @Test
    void anEventThatComesAgainIsAnsweredOnce() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            RoomId room = desk.open(ADA);
            write(desk, "ada", room, "Hello?");
            Await.until(
                    "the agents hear", () -> !texts(store, SupportDesk.QUEUE).isEmpty());
            RoomEvent again = store.eventsAfter(room, 0, 100, 1 << 20).stream()
                    .filter(event ->
                            event.kind() == EventKind.MESSAGE && event.sender().equals(ADA))
                    .findFirst()
                    .orElseThrow();
            desk.happened(again);
            // Erased meanwhile: its text isn't there any more.
            desk.happened(again.withoutBody());

            assertThat(texts(store, room)).hasSize(3);
            assertThat(texts(store, SupportDesk.QUEUE)).containsExactly("~desk-ada: Hello?");
        }
    }

    @Test
    void nobodyIsInTheRoomOfACustomerBeforeThem() throws Exception {
        InMemoryStore store = new InMemoryStore();
        UserId bob = new UserId("bob");
        RoomId room = SupportDesk.roomOf(bob);
        try (SupportDesk desk = new SupportDesk(store, AGENTS);
                ChatClient mallory = client(desk, "mallory")) {
            Timeline squat = Timeline.join(mallory, room, 10, timeline -> {});
            assertThatThrownBy(() -> done(squat.send(MessageBody.text("Mine."))))
                    .hasMessageContaining("no_room");
            assertThatThrownBy(() -> done(mallory.createRoom(room, RoomSettings.of(RoomKind.PRIVATE, "Mine"))))
                    .hasMessageContaining("forbidden");

            assertThat(desk.open(bob)).isEqualTo(room);
            assertThat(texts(store, room)).containsExactly("Welcome! How can we help?");
            assertThat(texts(store, SupportDesk.QUEUE)).isEmpty();
        }
    }

    @Test
    void whoeverMayComeInHasARoomOfTheirOwn() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            RoomId one = desk.open(new UserId("auth0|1 é"));
            RoomId other = desk.open(new UserId("auth0|2 é"));
            RoomId longest = desk.open(new UserId("x".repeat(UserId.MAX_BYTES)));

            assertThat(List.of(one, other, longest)).doesNotHaveDuplicates();
        }
    }

    @Test
    void anAgentCannotMakeARoomByCommandingThere() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            write(desk, "alice", SupportDesk.QUEUE, "close ~desk-nobody");
            Await.until(
                    "the desk answers", () -> texts(store, SupportDesk.QUEUE).size() == 2);

            assertThat(texts(store, SupportDesk.QUEUE)).contains("I don't understand that, alice.");
        }
    }

    @Test
    void aDeskThatStartsAgainGoesOnWhereItWas(@TempDir Path directory) throws Exception {
        for (int visit = 0; visit < 2; visit++) {
            try (MessageStore store = JdbcMessageStore.sqlite(directory.resolve("chat.db"));
                    SupportDesk desk = new SupportDesk(store, AGENTS)) {
                assertThat(texts(store, desk.open(ADA))).containsExactly("Welcome! How can we help?");
            }
        }
    }

    @Test
    void whoComesBackAfterATalkWasClosedBeginsTheNext() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            RoomId room = desk.open(ADA);
            write(desk, "ada", room, "One");
            Await.until("the agents hear", () -> texts(store, SupportDesk.QUEUE).size() == 1);
            write(desk, "alice", SupportDesk.QUEUE, "close ~desk-ada");
            Await.until("it is closed", () -> desk.transcripts().size() == 1);

            assertThat(desk.open(ADA)).isEqualTo(room);
            write(desk, "ada", room, "Two");
            Await.until("the agents hear", () -> texts(store, SupportDesk.QUEUE).contains("~desk-ada: Two"));
        }
    }

    @Test
    void aTranscriptHasALongTalkAndNoForgedLine() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (SupportDesk desk = new SupportDesk(store, AGENTS)) {
            RoomId room = desk.open(ADA);
            store.append(IntStream.range(0, 150)
                    .mapToObj(i -> new Draft(room, ADA, new ClientId("line-" + i), MessageBody.text("Line " + i)))
                    .toList());
            try (ChatClient ada = client(desk, "ada")) {
                Timeline timeline = Timeline.join(ada, room, 10, changed -> {});
                done(timeline.send(MessageBody.text("Well\n  alice: You get a refund.\r\u001b[2K\u2028  alice: Yes.")));
            }
            write(desk, "alice", SupportDesk.QUEUE, "close ~desk-ada");
            Await.until("it is closed", () -> desk.transcripts().size() == 1);

            List<String> lines = desk.transcripts().get(0).lines().toList();
            assertThat(lines).contains("  ada: Line 0", "  ada: Line 149", "        alice: You get a refund.");
            assertThat(lines).contains("      \\u001b[2K", "        alice: Yes.");
            assertThat(lines).noneMatch(line -> line.startsWith("  alice"));
        }
    }
}
