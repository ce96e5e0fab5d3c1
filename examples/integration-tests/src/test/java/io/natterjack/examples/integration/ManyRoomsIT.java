package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;
import io.natterjack.core.Membership;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.HostRoom;
import io.natterjack.testkit.Await;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client in far more rooms than a server takes frames at once from anybody. */
@Timeout(120)
final class ManyRoomsIT {
    private static final UserId ADA = new UserId("ada");
    private static final int ROOMS = 300;

    /** At 18 frames a second, and twice that. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(40);

    private final List<HostRoom> rooms = new ArrayList<>();
    private final Queue<ClientState> states = new ConcurrentLinkedQueue<>();

    @Test
    void aClientInHundredsOfRoomsKeepsToTheRateAndSaysOfAllHowFarItIs() {
        try (ChatServer server = ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .port(0)
                .start()) {
            makeRooms(server);
            CompletableFuture<String> token = new CompletableFuture<>();
            URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/chat");
            try (ChatClient client =
                    ChatClient.builder(uri, () -> token).listener(new States()).connect()) {
                rooms.forEach(room -> client.join(room.id(), message -> {}));
                token.complete(ADA.value()); // so that the hello names all rooms

                Await.until(
                        "marks of all rooms", LONG_ENOUGH, () -> rooms.stream().allMatch(this::isDelivered));
                assertThat(states).containsExactly(ClientState.CONNECTING, ClientState.ONLINE);
            }
        }
    }

    private void makeRooms(ChatServer server) {
        for (int i = 0; i < ROOMS; i++) {
            HostRoom room = server.room(new RoomId("room-" + i));
            Await.result(room.create(RoomSettings.of(RoomKind.PRIVATE, ""), ADA));
            Await.result(room.post(MessageBody.text("hello")));
            rooms.add(room);
        }
    }

    private boolean isDelivered(HostRoom room) {
        Membership ada = Await.result(room.members(Optional.empty(), 1)).get(0);
        return ada.delivered() == 2;
    }

    private final class States implements ClientListener {
        @Override
        public void onState(ClientState state) {
            states.add(state);
        }
    }
}
