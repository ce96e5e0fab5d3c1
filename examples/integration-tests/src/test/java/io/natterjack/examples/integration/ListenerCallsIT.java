package io.natterjack.examples.integration;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientListener;
import io.natterjack.client.Room;
import io.natterjack.client.RoomListener;
import io.natterjack.core.Cursor;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Notify;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listeners of clients hear of a real server besides messages. */
final class ListenerCallsIT {
    private static final RoomId FROGS = new RoomId("frogs");
    private static final UserId BOB = new UserId("bob");

    private final List<ChatClient> clients = new ArrayList<>();
    private final ChatServer server = ChatServer.builder(request ->
                    CompletableFuture.completedFuture(AuthResult.accepted(Principal.of(new UserId(request.token())))))
            .port(0)
            .start();

    @AfterEach
    void close() {
        clients.forEach(ChatClient::close);
        server.close();
    }

    /** Writes down what a client's listeners hear. */
    private static final class Heard implements ClientListener, RoomListener {
        private final Queue<String> calls = new ConcurrentLinkedQueue<>();

        void await(String call) {
            Await.until(() -> call + " in " + calls, () -> calls.contains(call));
        }

        @Override
        public void onBump(RoomId room, Cursor head, UserId sender, Optional<String> preview) {
            calls.add("bump " + room + " #" + head.seq() + " " + sender + ": " + preview.orElse("-"));
        }

        @Override
        public void onStanding(RoomId room, RoomChange.Member change, UserId by) {
            calls.add("standing " + room + " " + change.user() + " " + change.standing() + " by " + by);
        }

        @Override
        public void onNotifications(RoomId room, Notify notifications) {
            calls.add("notifications " + room + " " + notifications);
        }

        @Override
        public void onMessage(Message message) {
            calls.add("message " + message.body().text().orElse("-"));
        }

        @Override
        public void onSettings(RoomSettings settings, Optional<Membership> membership) {
            calls.add("settings " + settings.name() + " "
                    + membership.map(member -> member.role().name()).orElse("-"));
        }

        @Override
        public void onMark(UserId user, long delivered, long read) {
            calls.add("mark " + user + " " + delivered + " " + read);
        }

        @Override
        public void onTyping(UserId user, boolean on) {
            calls.add("typing " + user + " " + on);
        }

        @Override
        public void onRemoved() {
            calls.add("removed");
        }
    }

    private ChatClient client(String user, Heard heard) {
        ChatClient client = ChatClient.builder(
                        URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                        () -> CompletableFuture.completedFuture(user))
                .listener(heard)
                .connect();
        clients.add(client);
        Await.result(client.ready());
        return client;
    }

    @Test
    void whoIsInARoomAndOutsideOfItHearsAllThatConcernsThem() {
        Heard adaHeard = new Heard();
        Heard bobHeard = new Heard();
        ChatClient ada = client("ada", adaHeard);
        ChatClient bob = client("bob", bobHeard);
        Await.result(ada.createRoom(FROGS, RoomSettings.of(RoomKind.PRIVATE, "Frogs")));
        Room adasRoom = ada.join(FROGS, adaHeard);
        adaHeard.await("settings Frogs OWNER");

        // Not there yet, but asked to come.
        Await.result(adasRoom.invite(BOB));
        bobHeard.await("standing frogs bob INVITED by ada");
        Await.result(bob.enter(FROGS));
        bobHeard.await("standing frogs bob IN by bob");

        // A member whose screen shows the list of rooms.
        Await.result(bob.inbox(Optional.empty(), 10));
        long said = Await.result(adasRoom.send(MessageBody.text("hello"))).at().seq();
        bobHeard.await("bump frogs #" + said + " ada: hello");
        Await.result(client("bob", new Heard()).notifications(FROGS, Notify.NONE));
        bobHeard.await("notifications frogs NONE");

        // There.
        Room bobsRoom = bob.join(FROGS, 10, bobHeard);
        bobHeard.await("settings Frogs MEMBER");
        bobHeard.await("message hello");
        adaHeard.await("mark bob " + said + " " + (said - 1)); // what was there before he came counts as read
        bobsRoom.markRead(bobsRoom.cursor().orElseThrow());
        adaHeard.await("mark bob " + said + " " + said);
        adasRoom.typing(true);
        bobHeard.await("typing ada true");
        adasRoom.typing(false);
        bobHeard.await("typing ada false");

        Await.result(adasRoom.remove(BOB));
        bobHeard.await("removed");
    }
}
