package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Page;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is erased or trimmed on the server is gone for clients too: those who are there, and those who come back. */
final class TakenAwayIT {
    private static final RoomId ROOM = new RoomId("room");

    @TempDir
    Path folder;

    private JdbcMessageStore store;
    private ChatServer server;
    private URI address;

    @BeforeEach
    void start() {
        store = JdbcMessageStore.sqlite(folder.resolve("chat.db"));
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .store(store)
                .port(0)
                .noRateLimit()
                .start();
        address = URI.create("ws://127.0.0.1:" + server.port() + "/chat");
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private ChatClient client(String user) {
        return ChatClient.builder(address, () -> CompletableFuture.completedFuture(user))
                .connect();
    }

    /** Writes down what a listener hears. */
    private static final class Heard implements RoomListener {
        final Queue<String> calls = new ConcurrentLinkedQueue<>();

        @Override
        public void onMessage(Message message) {
            calls.add(message.body().text().orElse("?"));
        }

        @Override
        public void onErased(List<Long> seqs) {
            calls.add("erased " + seqs);
        }

        @Override
        public void onTrimmed(long upto) {
            calls.add("trimmed " + upto);
        }

        void await(String call) {
            Await.until(() -> call + " in " + calls, () -> calls.contains(call));
        }
    }

    private static void say(Room room, int count) {
        for (int i = 1; i <= count; i++) {
            Await.result(room.send(MessageBody.text("m" + i)));
        }
    }

    @Test
    void whoIsThereHearsOfAnErasureAtOnceAndHistoryHasItNoMore() {
        try (ChatClient ada = client("ada");
                ChatClient bob = client("bob")) {
            Heard heard = new Heard();
            Room room = bob.join(ROOM, heard);
            Await.result(bob.ready());
            say(ada.join(ROOM, message -> {}), 3);
            heard.await("m3");

            assertThat(store.archive()
                            .eraseUser(new UserId("ada"), new UserId("admin"))
                            .messages())
                    .isEqualTo(3);
            heard.await("erased [1, 2, 3]");
            Page page = Await.result(room.latest(10));
            assertThat(page.messages())
                    .hasSize(3)
                    .allMatch(message -> message.body().isGone());
        }
    }

    @Test
    void whatIsTooMuchIsTrimmedAndWhoComesBackHearsOfIt() {
        try (ChatClient ada = client("ada")) {
            say(ada.join(ROOM, message -> {}), 20);
        }
        store.archive().keepLast(ROOM, 10);
        stop();
        start(); // all rooms are looked at a second after the start, and then a minute later
        try (ChatClient bob = client("bob")) {
            Heard heard = new Heard();
            Room room = bob.join(ROOM, heard);
            Await.until(
                    () -> "something is trimmed: " + heard.calls,
                    () -> heard.calls.stream().anyMatch(call -> call.startsWith("trimmed ")));
            long epoch = room.cursor().map(Cursor::epoch).orElseThrow();

            try (ChatClient eve = client("eve")) {
                Heard late = new Heard();
                eve.join(ROOM, new Cursor(epoch, 2), late);
                late.await("m20");
                assertThat(late.calls.peek()).startsWith("trimmed ");
                assertThat(late.calls).doesNotContain("m1", "m2", "m3");
            }
        }
    }
}
