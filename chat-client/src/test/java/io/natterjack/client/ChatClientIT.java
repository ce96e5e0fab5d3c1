package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;

final class ChatClientIT {
    private static final RoomId LOBBY = new RoomId("lobby");

    private final NewThreads threads = new NewThreads("chat-");

    @Test
    void aClientWithNothingButDefaultsChatsAndLeavesNoThreadBehind() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (EchoServer server = new EchoServer("chat.v1.json", ChatClientIT::answer)) {
            try (ChatClient client = ChatClient.builder(server.uri(), () -> CompletableFuture.completedFuture("token"))
                    .connect()) {
                Room room = client.join(
                        LOBBY,
                        new Cursor(1, 0),
                        message -> seen.add(message.body().text().orElse("?")));
                Sent sent = room.send(MessageBody.text("hello"))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);

                assertThat(sent.at()).isEqualTo(new Cursor(1, 1));
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
                assertThat(client.state()).isEqualTo(ClientState.ONLINE);
            }
            threads.awaitEnd();
        }
    }

    @Test
    void aServerWhoseMessageIsTooLargeIsToldOfAndTriedAgain() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onState(ClientState state) {
                heard.add(state.name());
            }

            @Override
            public void onAlarm(ChatException alarm) {
                heard.add(String.valueOf(alarm.getMessage()));
            }
        };
        String large = String.join("", Collections.nCopies(JavaWebSocketConnection.MAX_MESSAGE_BYTES + 1, "x"));
        try (EchoServer server = new EchoServer("chat.v1.json", (socket, text) -> socket.send(large));
                ChatClient client = ChatClient.builder(server.uri(), () -> CompletableFuture.completedFuture("token"))
                        .listener(listener)
                        .connect()) {
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("CONNECTING");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).contains("a message was too large");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("WAITING");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("CONNECTING");
            assertThat(client.state()).isNotEqualTo(ClientState.CLOSED);
        }
    }

    @Test
    void aConnectionThatOpensAfterTheEndIsClosedAtOnce() throws Exception {
        CompletableFuture<ConnectionHandler> asked = new CompletableFuture<>();
        ChatClient client = ChatClient.builder(
                        URI.create("ws://chat.test/chat"), () -> CompletableFuture.completedFuture("token"))
                .connector((server, timeout, handler) -> {
                    asked.complete(handler);
                    return new CompletableFuture<>();
                })
                .connect();
        ConnectionHandler handler = asked.get(10, TimeUnit.SECONDS);
        client.close();
        LateConnection late = new LateConnection();
        handler.opened(late);

        assertThat(late.closed).isCompletedWithValue(CloseReason.NORMAL);
    }

    private static final class LateConnection implements Connection {
        private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

        @Override
        public String id() {
            return "late";
        }

        @Override
        public String remote() {
            return "late";
        }

        @Override
        public boolean offer(WireFrame frame) {
            return true;
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public void setReading(boolean wanted) {}

        @Override
        public void close(CloseReason reason) {
            closed.complete(reason);
        }
    }

    private static void answer(WebSocket socket, String text) {
        ClientFrame frame = FrameCodec.decodeClient(text);
        if (frame instanceof ClientFrame.Hello) {
            say(
                    socket,
                    new ServerFrame.Welcome(
                            frame.id(),
                            ClientFixture.SESSION,
                            ClientFixture.ADA,
                            0,
                            25_000,
                            ClientFixture.LIMITS,
                            OptionalLong.empty()));
            for (var room : ((ClientFrame.Hello) frame).rooms()) {
                say(socket, ClientFixture.live(frame.id(), room.room(), 0));
            }
        } else if (frame instanceof ClientFrame.Join) {
            say(socket, ClientFixture.live(frame.id(), LOBBY, 0));
        } else if (frame instanceof ClientFrame.Send) {
            ClientFrame.Send send = (ClientFrame.Send) frame;
            say(socket, ClientFixture.ack(send, 1));
            say(
                    socket,
                    new ServerFrame.Ev(
                            LOBBY,
                            1,
                            Collections.singletonList(new RoomEvent(
                                    LOBBY,
                                    new Cursor(1, 1),
                                    EventKind.MESSAGE,
                                    ClientFixture.ADA,
                                    send.clientId(),
                                    1,
                                    send.body()))));
        }
    }

    private static void say(WebSocket socket, ServerFrame frame) {
        socket.send(FrameCodec.encode(frame).text());
    }
}
