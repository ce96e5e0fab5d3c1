package io.natterjack.examples.integration;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/** The JDK's own client. It sends large messages in fragments. */
final class HttpClientPeerIT extends JavaPeerConversation {
    private static final int FRAGMENT = 1_000;

    @Override
    Peer connect(URI address, Inbox inbox) {
        StringBuilder message = new StringBuilder();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("chat.v1.json")
                .buildAsync(address, new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                        message.append(part);
                        if (last) {
                            inbox.text(message.toString());
                            message.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                        inbox.closed(code);
                        return null;
                    }
                })
                .join();
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).join();
        return new Peer() {
            @Override
            public void send(String text) {
                for (int from = 0; from < text.length(); from += FRAGMENT) {
                    int to = Math.min(text.length(), from + FRAGMENT);
                    socket.sendText(text.substring(from, to), to == text.length())
                            .join();
                }
            }

            @Override
            public void close(int code) {
                socket.sendClose(code, "bye").join();
            }
        };
    }
}
