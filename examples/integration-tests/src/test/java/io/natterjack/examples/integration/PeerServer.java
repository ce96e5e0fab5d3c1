package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Principal;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A server for clients that others have written: everybody is let in but mallory. And what a conversation with it looks like. */
final class PeerServer implements AutoCloseable {
    static final String ROOM = "peers";

    /** What each client has to say of the conversation: see src/test/peers. */
    static final List<String> CONVERSATION = List.of(
            "welcome ada",
            "joined at 0",
            "acked 1",
            "heard 1 8 Gr\u00fc\u00dfe \ud83d\udc38",
            "acked 2",
            "heard 2 30000 xxxxxxxx",
            "closed 1000",
            "replayed 2",
            "closed 1000",
            "refused unauthorized",
            "closed 4500");

    private final ChatServer server;

    /** Starts a server that lets pages of {@code origins} connect besides its own. */
    PeerServer(String... origins) {
        JavaWebSocketTransport.Builder transport = JavaWebSocketTransport.builder();
        if (origins.length > 0) {
            transport.allowedOrigins(origins);
        }
        server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        request.token().equals("mallory")
                                ? AuthResult.refused("not known")
                                : AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .transport(transport.build())
                .start();
    }

    URI address() {
        return URI.create("ws://127.0.0.1:" + server.port() + "/chat");
    }

    static void assertConversation(List<String> lines) {
        assertThat(lines).isEqualTo(CONVERSATION);
    }

    @Override
    public void close() {
        server.close();
    }
}
