package io.natterjack.examples.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.client.ChatClient;
import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;
import io.natterjack.client.Room;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.server.ChatServer;
import io.natterjack.server.jwt.JwtAlgorithm;
import io.natterjack.server.jwt.JwtAuthVerifier;
import io.natterjack.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each breaks one rule of docs/protocol.md, gets the answer that stands there, and harms nobody else. */
@Timeout(60)
final class HostilePeersIT {
    private static final String JOIN = "{\"t\":\"join\",\"id\":2,\"room\":\"r\"}";

    private final ChatServer server = ChatServer.builder(JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, Tokens.SECRET)
                    .build())
            .port(0)
            .noRateLimit()
            .start();
    private final AtomicInteger innocentsConnections = new AtomicInteger();
    private final ChatClient innocent = ChatClient.builder(
                    URI.create("ws://127.0.0.1:" + server.port() + "/chat"),
                    () -> CompletableFuture.completedFuture(Tokens.good("innocent")))
            .listener(new ClientListener() {
                @Override
                public void onState(ClientState state) {
                    if (state == ClientState.ONLINE) {
                        innocentsConnections.incrementAndGet();
                    }
                }
            })
            .connect();
    private RawPeer peer;

    @BeforeEach
    void connect() throws IOException {
        Await.result(innocent.ready());
        peer = new RawPeer(server.port());
    }

    @AfterEach
    void theInnocentIsStillServedOnTheSameConnection() throws IOException {
        peer.close();
        Room room = innocent.join(new RoomId("innocents"), message -> {});
        assertThat(Await.result(room.send(MessageBody.text("all well"))).at().seq())
                .isEqualTo(1);
        assertThat(innocentsConnections).hasValue(1);
        innocent.close();
        server.close();
    }

    @Test
    void whatIsNotJsonIsABadFrame() throws IOException {
        enter();
        for (String text : List.of("", "nonsense", "[]", "null", "{\"t\":\"ping\"", "{\"t\":\"ping\"} {}", "{t:1}")) {
            peer.send(text);
            assertError("bad_frame");
        }
        assertAlive();
    }

    @Test
    void deepNestingIsABadFrame() throws IOException {
        enter();
        peer.send(send("{\"a\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"));
        assertError("bad_frame");
        assertAlive();
    }

    @Test
    void aMissingOrWrongFieldIsABadFrame() throws IOException {
        enter();
        peer.send("{\"t\":\"join\",\"id\":5}");
        assertThat(peer.receive()).contains("\"error\"", "\"bad_frame\"", "\"id\":5");
        peer.send("{\"t\":\"join\",\"id\":6,\"room\":7}");
        assertError("bad_frame");
        peer.send("{\"t\":\"join\",\"id\":7,\"room\":\"a room\"}");
        assertError("bad_frame");
        peer.send("{\"t\":\"join\",\"id\":8,\"room\":\"r\",\"tail\":1000000}");
        assertError("bad_frame");
        assertAlive();
    }

    @Test
    void aBadIdIsABadFrame() throws IOException {
        enter();
        for (String id : List.of("0", "-1", "1.5", "1e3", "2147483648", "99999999999999999999", "\"1\"", "null")) {
            peer.send("{\"t\":\"join\",\"id\":" + id + ",\"room\":\"r\"}");
            assertThat(peer.receive()).as("id %s", id).contains("\"error\"", "\"bad_frame\"");
        }
        assertAlive();
    }

    @Test
    void tooManyBadFramesInARowEndTheConnection() throws IOException {
        enter();
        for (int i = 0; i < 11; i++) {
            peer.send("nonsense");
        }
        for (int i = 0; i < 11; i++) {
            assertError("bad_frame");
        }
        assertThat(peer.receive()).isEqualTo("close 4501");
    }

    @Test
    void anUnknownTypeIsUnsupported() throws IOException {
        enter();
        peer.send("{\"t\":\"explode\",\"id\":9}");
        assertThat(peer.receive()).contains("\"error\"", "\"unsupported\"", "\"id\":9");
        assertAlive();
    }

    @Test
    void aLoneSurrogateIsABadFrame() throws IOException {
        enterAndJoin();
        peer.send(send("{\"text\":\"\\ud83d\"}"));
        assertError("bad_frame");
        peer.send(send("{\"\\udc38\":1}"));
        assertError("bad_frame");
        assertAlive();
    }

    @Test
    void aNulIsABadFrame() throws IOException {
        enterAndJoin();
        peer.send(send("{\"text\":\"\\u0000\"}"));
        assertError("bad_frame");
        assertAlive();
    }

    @Test
    void aBodyOverItsLimitIsTooLarge() throws IOException {
        enterAndJoin();
        peer.send(send("{\"text\":\"" + "x".repeat(33_000) + "\"}"));
        assertError("too_large");
        assertAlive();
    }

    @Test
    void aFrameOverItsLimitEndsTheConnection() throws IOException {
        enterAndJoin();
        peer.send(send("{\"text\":\"" + "x".repeat(70_000) + "\"}"));
        assertThat(peer.receive()).isEqualTo("close 1009");
    }

    @Test
    void aHugeFrameIsRefusedAtItsHeader() throws IOException {
        enter();
        // Only the header of 2 GiB comes: the server must neither wait for the rest nor set memory aside for it.
        peer.sendHeader(RawPeer.TEXT, Integer.MAX_VALUE);
        assertThat(peer.receive()).isEqualTo("close 1009");
    }

    @Test
    void aRoomThatIsNotJoinedTakesNothing() throws IOException {
        enter();
        peer.send(send("{\"text\":\"hello\"}"));
        assertError("not_member");
        peer.send("{\"t\":\"leave\",\"id\":4,\"room\":\"r\"}");
        assertError("not_member");
        assertAlive();
    }

    @Test
    void anUnknownRoomHasNoHistory() throws IOException {
        enter();
        peer.send("{\"t\":\"history\",\"id\":4,\"room\":\"nobody-was-here\"}");
        assertError("no_room");
        peer.send("{\"t\":\"changes\",\"id\":5,\"room\":\"nobody-was-here\",\"since\":0}");
        assertError("no_room");
        assertAlive();
    }

    @Test
    void aSeqOfAnotherEpochNamesNothing() throws IOException {
        enterAndJoin();
        peer.send("{\"t\":\"history\",\"id\":4,\"room\":\"r\",\"e\":1,\"before\":5}");
        assertError("target_unknown");
        assertAlive();
    }

    @Test
    void aTokenOfAnotherSecretDoesNotLetIn() throws IOException {
        byte[] otherSecret = new byte[32];
        peer.send(hello(Tokens.signed(otherSecret, "mallory", Instant.now().plusSeconds(600))));
        assertError("unauthorized");
        assertThat(peer.receive()).isEqualTo("close 4500");
    }

    @Test
    void whatIsNoTokenDoesNotLetIn() throws IOException {
        peer.send(hello("let-me-in"));
        assertError("unauthorized");
        assertThat(peer.receive()).isEqualTo("close 4500");
    }

    @Test
    void anExpiredTokenDoesNotLetIn() throws IOException {
        peer.send(hello(Tokens.signed(Tokens.SECRET, "mallory", Instant.now().minusSeconds(600))));
        assertError("token_expired");
        assertThat(peer.receive()).isEqualTo("close 4500");
    }

    @Test
    void aTokenOfAnotherUserEndsTheSession() throws IOException {
        enter();
        peer.send("{\"t\":\"auth\",\"id\":4,\"token\":\"" + Tokens.good("somebody-else") + "\"}");
        assertError("unauthorized");
        assertThat(peer.receive()).isEqualTo("close 4500");
    }

    @Test
    void aSecondHelloEndsTheConnection() throws IOException {
        enter();
        peer.send(hello(Tokens.good("mallory")));
        assertError("bad_frame");
        assertThat(peer.receive()).isEqualTo("close 4501");
    }

    @Test
    void aFrameBeforeHelloEndsTheConnection() throws IOException {
        peer.send(JOIN);
        assertThat(peer.receive()).isEqualTo("close 4501");
    }

    @Test
    void anUnmaskedFrameEndsTheConnection() throws IOException {
        enter();
        peer.send(RawPeer.TEXT, "{\"t\":\"ping\"}".getBytes(), false);
        assertThat(peer.receive()).isEqualTo("close 1002");
    }

    @Test
    void badUtf8EndsTheConnection() throws IOException {
        enter();
        peer.send(RawPeer.TEXT, new byte[] {'{', (byte) 0xC3, '(', '}'}, true);
        assertThat(peer.receive()).isEqualTo("close 1007");
    }

    @Test
    void aBinaryMessageEndsTheConnection() throws IOException {
        enter();
        peer.send(RawPeer.BINARY, "{\"t\":\"ping\"}".getBytes(), true);
        assertThat(peer.receive()).isEqualTo("close 1003");
    }

    private void enter() throws IOException {
        peer.send(hello(Tokens.good("mallory")));
        assertThat(peer.receive()).contains("\"welcome\"", "\"mallory\"");
    }

    private void enterAndJoin() throws IOException {
        enter();
        peer.send(JOIN);
        assertThat(peer.receive()).contains("\"joined\"");
    }

    private static String hello(String token) {
        return "{\"t\":\"hello\",\"id\":1,\"token\":\"" + token + "\",\"device\":\"d\"}";
    }

    private static String send(String body) {
        return "{\"t\":\"send\",\"id\":3,\"room\":\"r\",\"cid\":\"c\",\"b\":" + body + "}";
    }

    private void assertError(String code) throws IOException {
        assertThat(peer.receive()).contains("\"error\"", "\"" + code + "\"").doesNotContain("\"retry\"");
    }

    private void assertAlive() throws IOException {
        peer.send("{\"t\":\"ping\"}");
        assertThat(peer.receive()).isEqualTo("{\"t\":\"pong\"}");
    }
}
