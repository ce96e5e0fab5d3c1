package io.natterjack.examples.quickstart;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natterjack.client.ChatClient;
import io.natterjack.client.Room;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.server.ChatServer;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The code in README.md. A test compares the two. */
public final class HelloChat {
    private HelloChat() {}

    /** Lets ada send one message to bob. */
    public static void main(String[] arguments) throws Exception {
        // readme:begin
        // Who may enter is your application's business; here everybody is who they say they are.
        AuthVerifier auth = request -> completedFuture(AuthResult.accepted(Principal.of(new UserId(request.token()))));

        try (JdbcMessageStore store = JdbcMessageStore.sqlite(Path.of("chat.db"));
                ChatServer server =
                        ChatServer.builder(auth).store(store).port(8080).start()) {

            URI address = URI.create("ws://127.0.0.1:" + server.port() + "/chat");
            try (ChatClient ada = ChatClient.builder(address, () -> completedFuture("ada"))
                            .connect();
                    ChatClient bob = ChatClient.builder(address, () -> completedFuture("bob"))
                            .connect()) {

                CompletableFuture<Message> heard = new CompletableFuture<>();
                bob.join(new RoomId("lobby"), 10, heard::complete); // from the last 10 messages on
                Room lobby = ada.join(new RoomId("lobby"), message -> {});
                lobby.send(MessageBody.text("Hello, Bob!"))
                        .thenAccept(sent ->
                                System.out.println("stored as #" + sent.at().seq()));

                Message message = heard.get(10, SECONDS);
                System.out.println(
                        message.sender() + ": " + message.body().text().orElse("(no text)"));
            }
        }
        // readme:end
    }
}
