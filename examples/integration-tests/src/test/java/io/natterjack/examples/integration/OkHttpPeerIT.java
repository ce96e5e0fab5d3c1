package io.natterjack.examples.integration;

import io.natterjack.testkit.Await;
import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okhttp3.internal.ws.RealWebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** OkHttp, which many Android programs use. It offers compression, which isn't agreed on, and pings by itself. */
final class OkHttpPeerIT extends JavaPeerConversation {
    // It gives a connection up whose pong takes longer than this, so on a busy machine less would be too little.
    private final OkHttpClient client =
            new OkHttpClient.Builder().pingInterval(Duration.ofSeconds(2)).build();

    @AfterEach
    void endThreads() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    @Test
    void itsPingsAreAnswered() throws Exception {
        try (PeerServer server = new PeerServer()) {
            RealWebSocket socket = (RealWebSocket) open(server.address(), new Inbox());
            Await.until("a ping was answered", () -> socket.receivedPongCount() > 0);
            socket.cancel();
        }
    }

    @Override
    Peer connect(URI address, Inbox inbox) {
        WebSocket socket = open(address, inbox);
        return new Peer() {
            @Override
            public void send(String text) {
                socket.send(text);
            }

            @Override
            public void close(int code) {
                socket.close(code, "bye");
            }
        };
    }

    private WebSocket open(URI address, Inbox inbox) {
        Request request = new Request.Builder()
                .url(address.toString())
                .header("Sec-WebSocket-Protocol", "chat.v1.json")
                .build();
        return client.newWebSocket(request, new WebSocketListener() {
            @Override
            public void onMessage(WebSocket from, String text) {
                inbox.text(text);
            }

            @Override
            public void onClosing(WebSocket from, int code, String reason) {
                inbox.closed(code);
                from.close(1000, null);
            }

            @Override
            public void onFailure(WebSocket from, Throwable failure, Response response) {
                inbox.closed(1006);
            }
        });
    }
}
