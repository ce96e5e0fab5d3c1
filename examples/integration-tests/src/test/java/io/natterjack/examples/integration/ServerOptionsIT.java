package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natterjack.core.Permission;
import io.natterjack.core.Permissions;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthResult;
import io.natterjack.server.ChatServer;
import io.natterjack.server.RolePolicy;
import io.natterjack.testkit.Await;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Options of a server, as its peers see them. */
final class ServerOptionsIT {
    private static ChatServer.Builder builder() {
        return ChatServer.builder(request -> CompletableFuture.completedFuture(
                        AuthResult.accepted(Principal.of(new UserId(request.token())))))
                .port(0);
    }

    private static RawPeer peer(ChatServer server, String user) throws IOException {
        RawPeer peer = new RawPeer(server.port());
        peer.send("{\"t\":\"hello\",\"id\":1,\"token\":\"" + user + "\",\"device\":\"d\"}");
        assertThat(peer.receive()).contains("\"welcome\"");
        return peer;
    }

    private static String join(RawPeer peer, String room) throws IOException {
        peer.send("{\"t\":\"join\",\"id\":2,\"room\":\"" + room + "\"}");
        return answer(peer);
    }

    private static String say(RawPeer peer, String room, String cid) throws IOException {
        peer.send(
                "{\"t\":\"send\",\"id\":3,\"room\":\"" + room + "\",\"cid\":\"" + cid + "\",\"b\":{\"text\":\"hi\"}}");
        return answer(peer);
    }

    private static String answer(RawPeer peer) throws IOException {
        while (true) {
            String answer = peer.receive();
            if (!answer.contains("\"t\":\"ev\"")) {
                return answer;
            }
        }
    }

    @Test
    void thereAreOnlyCreatedRoomsIfThePolicySaysSo() throws Exception {
        try (ChatServer server = builder()
                        .accessPolicy(new RolePolicy().onlyCreatedRooms())
                        .start();
                RawPeer ada = peer(server, "ada")) {
            assertThat(join(ada, "nowhere")).contains("\"error\"", "\"no_room\"");
            Await.result(server.room(new RoomId("frogs")).create(RoomSettings.of(RoomKind.OPEN, "Frogs")));
            assertThat(join(ada, "frogs")).contains("\"joined\"");
        }
    }

    @Test
    void aPolicyOfTheHostsOwnDecides() throws Exception {
        Permissions reading = Permissions.of(Permission.READ);
        try (ChatServer server = builder()
                        .accessPolicy((who, room) -> who.user().value().equals("ada") ? Permissions.ALL : reading)
                        .start();
                RawPeer ada = peer(server, "ada");
                RawPeer bob = peer(server, "bob")) {
            assertThat(join(ada, "frogs")).contains("\"joined\"");
            assertThat(join(bob, "frogs")).contains("\"joined\"");
            assertThat(say(ada, "frogs", "a")).contains("\"ack\"");
            assertThat(say(bob, "frogs", "b")).contains("\"error\"", "\"forbidden\"");
        }
    }

    @Test
    void aUserHasOneRateOverAllConnections() throws Exception {
        try (ChatServer server = builder().userRate(1, 2).start();
                RawPeer one = peer(server, "ada");
                RawPeer two = peer(server, "ada");
                RawPeer another = peer(server, "bob")) {
            for (RawPeer peer : new RawPeer[] {one, two, another}) {
                join(peer, "frogs");
            }
            assertThat(say(one, "frogs", "a")).contains("\"ack\"");
            assertThat(say(two, "frogs", "b")).contains("\"ack\"");
            assertThat(refusal(one)).contains("\"rate_limited\"", "\"retry\"");
            assertThat(refusal(two)).contains("\"rate_limited\"", "\"retry\"");
            assertThat(say(another, "frogs", "c")).contains("\"ack\"");
        }
    }

    /** Sends more than one a second, and returns the first refusal. */
    private static String refusal(RawPeer peer) throws IOException {
        String answer = "";
        for (int i = 0; i < 1_000 && !answer.contains("\"error\""); i++) {
            answer = say(peer, "frogs", "more" + i);
        }
        return answer;
    }

    @Test
    void aRoomHasOneRateForAll() throws Exception {
        try (ChatServer server = builder().roomRate(1, 2).start();
                RawPeer ada = peer(server, "ada");
                RawPeer bob = peer(server, "bob")) {
            join(ada, "frogs");
            join(bob, "frogs");
            assertThat(say(ada, "frogs", "a")).contains("\"ack\"");
            assertThat(say(bob, "frogs", "b")).contains("\"ack\"");
            assertThat(refusal(ada)).contains("\"rate_limited\"", "\"retry\"");
            join(bob, "toads");
            assertThat(say(bob, "toads", "c")).contains("\"ack\"");
        }
    }

    @Test
    void aRateOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().userRate(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder().roomRate(1, 0));
    }
}
