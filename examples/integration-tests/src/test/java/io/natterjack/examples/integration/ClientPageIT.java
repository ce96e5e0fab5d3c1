package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Inbox;
import io.natterjack.client.Room;
import io.natterjack.client.Timeline;
import io.natterjack.client.TimelineEntry;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What docs/client.md shows does what it says, on a real server. */
final class ClientPageIT {
    private static final RoomId LOBBY = new RoomId("lobby");

    private final ExecutorService uiThread = Executors.newSingleThreadExecutor();
    private final Recorder recorder = new Recorder();
    private ChatServer server;
    private ClientPage page;

    @BeforeEach
    void start() {
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .port(0)
                .start();
        page = new ClientPage(
                recorder,
                recorder,
                () -> CompletableFuture.completedFuture("ada"),
                URI.create("ws://127.0.0.1:" + server.port() + "/chat"));
    }

    @AfterEach
    void close() {
        server.close();
        uiThread.shutdown();
    }

    @Test
    void aRoomAndAListOfRoomsShow() {
        Await.result(server.room(LOBBY).create(RoomSettings.of(RoomKind.PRIVATE, ""), new UserId("ada")));
        try (ChatClient client = page.connect(uiThread);
                Inbox inbox = page.list(client)) {
            Timeline timeline = page.show(client, LOBBY);
            assertThat(timeline.entries()).isNotEmpty();
            Await.until("the message is kept", () -> recorder.said.contains("me: hello SENT"));
            Await.until("the list has it", () -> recorder.said.contains("lobby 0 hello"));
            assertThat(inbox.entries()).hasSize(1);
        }
        Await.until("the end is told", () -> recorder.said.contains("all is said"));
    }

    @Test
    void whoKeepsACursorMissesNothingAndSeesNothingTwice() {
        ChatClient first = page.connect(uiThread);
        Room room = page.remember(first, LOBBY);
        page.send(room);
        Await.until("it is kept", () -> recorder.said.contains("kept as #1"));
        Await.until(
                "it is seen", () -> room.cursor().filter(at -> at.seq() == 1).isPresent());
        page.forget(first, room);
        assertThat(recorder.cursor(LOBBY)).isPresent();

        Await.result(server.room(LOBBY).post(MessageBody.text("while you were away")));
        try (ChatClient second = page.onAndroid(
                task -> {
                    uiThread.execute(task);
                    return true;
                },
                uiThread,
                new DeviceId("phone"))) {
            page.remember(second, LOBBY);
            Await.until("what was missed is there", () -> recorder.kept.size() == 2);
        }
        assertThat(recorder.kept).containsExactly("hello", "while you were away");
    }

    /** An application that writes down what it is told. */
    private static final class Recorder implements ClientPage.View, ClientPage.Archive {
        private final Queue<String> said = new ConcurrentLinkedQueue<>();
        private final Queue<String> kept = new ConcurrentLinkedQueue<>();
        private final Map<RoomId, Cursor> cursors = new ConcurrentHashMap<>();

        @Override
        public void status(String text) {
            said.add(text);
        }

        @Override
        public void line(String who, String text, TimelineEntry.State state) {
            said.add(who + ": " + text + " " + state);
        }

        @Override
        public void failed(TimelineEntry entry) {
            said.add("failed: " + entry.reason());
        }

        @Override
        public void room(String name, int unread, String last) {
            said.add(name + " " + unread + " " + last);
        }

        @Override
        public void keep(Message message) {
            kept.add(message.body().text().orElse("?"));
        }

        @Override
        public void apply(RoomEvent change) {}

        @Override
        public void dropAbove(Cursor base) {}

        @Override
        public void dropUpTo(long seq) {}

        @Override
        public void dropBodies(List<Long> seqs) {}

        @Override
        public Optional<Cursor> cursor(RoomId room) {
            return Optional.ofNullable(cursors.get(room));
        }

        @Override
        public void keepCursor(RoomId room, Cursor cursor) {
            cursors.put(room, cursor);
        }
    }
}
