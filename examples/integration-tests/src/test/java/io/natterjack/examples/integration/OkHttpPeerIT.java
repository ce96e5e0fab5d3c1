package io.natterjack.examples.integration;

import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.AfterEach;

/** OkHttp, which many Android programs use. It pings by itself, and offers compression, which isn't agreed on. */
final class OkHttpPeerIT extends JavaPeerConversation {
    private final OkHttpClient client =
            new OkHttpClient.Builder().pingInterval(Duration.ofMillis(50)).build();

    @AfterEach
    void endThreads() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    @Override
    Peer connect(URI address, Inbox inbox) {
        Request request = new Request.Builder()
                .url(address.toString())
                .header("Sec-WebSocket-Protocol", "chat.v1.json")
                .build();
        WebSocket socket = client.newWebSocket(request, new WebSocketListener() {
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
}
