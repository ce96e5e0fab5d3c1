package io.natterjack.store.redis.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.PresenceState;
import io.natterjack.core.PresenceState.Availability;
import io.natterjack.core.SessionId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.SystemScheduler;
import io.natterjack.core.spi.Presence;
import io.natterjack.store.redis.connection.RedisClusterProcess;
import io.natterjack.store.redis.connection.RedisProcess;
import io.natterjack.testkit.Await;
import io.natterjack.testkit.RecordingEar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that lets in only who may, to what they may; and TLS. */
final class RedisSecurityIT {
    private static final UserId ADA = new UserId("ada");
    private static final PresenceState ONLINE = new PresenceState(Availability.ONLINE, "", 0);
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path directory;

    /** The rights that {@link RedisCluster} documents. */
    private static List<String> rights(String prefix) {
        return List.of(("resetkeys ~" + prefix + ":* resetchannels &" + prefix + ":* -@all " + RedisCluster.COMMANDS)
                .split(" "));
    }

    private static void addUser(RedisProcess redis, String name, List<String> rights) {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", name, "on", ">" + PASSWORD));
        command.addAll(rights);
        assertThat(redis.ask(command.toArray(String[]::new))).isEqualTo("+OK");
    }

    private static String uri(RedisProcess redis, String user) {
        return "redis://" + user + ":" + PASSWORD + "@127.0.0.1:" + redis.port();
    }

    @Test
    void theDocumentedRightsAreEnough() {
        try (RedisProcess redis = RedisProcess.start()) {
            addUser(redis, "chat", rights("natterjack"));
            everythingWorksAt(uri(redis, "chat"));
            assertThat(redis.ask("ACL", "LOG")).as("nothing was refused").isEqualTo("*0");
        }
    }

    @Test
    void theyAreEnoughOnAClusterToo() {
        try (RedisClusterProcess redis = RedisClusterProcess.start()) {
            redis.servers().forEach(server -> addUser(server, "chat", rights("natterjack")));
            everythingWorksAt(uri(redis.servers().get(1), "chat"));
            redis.servers()
                    .forEach(server -> assertThat(server.ask("ACL", "LOG"))
                            .as("nothing was refused")
                            .isEqualTo("*0"));
        }
    }

    @Test
    void anotherApplicationsChannelsAreNotOurs() {
        try (RedisProcess redis = RedisProcess.start()) {
            addUser(redis, "chat", rights("natterjack"));
            assertThatThrownBy(() -> RedisCluster.builder(uri(redis, "chat"))
                            .prefix("other")
                            .connect())
                    .isInstanceOf(StoreException.class)
                    // Not what is said when the patience for a Redis that doesn't answer is over.
                    .hasMessageContaining("refuses a command")
                    .hasMessageContaining("rights")
                    .hasMessageContaining("RedisCluster")
                    .hasMessageContaining("NOPERM");
        }
    }

    @Test
    void whoHasAWrongPasswordIsTold() {
        try (RedisProcess redis = RedisProcess.start()) {
            String uri = "redis://chat:wrong@127.0.0.1:" + redis.port();
            assertThatThrownBy(() -> RedisCluster.connect(uri))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("password")
                    .hasMessageContaining("WRONGPASS")
                    .hasMessageNotContaining(":wrong");
        }
    }

    @Test
    void tlsIsSpokenAndTheCertificateIsLookedAt() throws Exception {
        int port = RedisProcess.freePort();
        writeCertificate();
        try (RedisProcess redis = RedisProcess.start(
                "--tls-port",
                String.valueOf(port),
                "--tls-cert-file",
                directory.resolve("redis.crt").toString(),
                "--tls-key-file",
                directory.resolve("redis.key").toString(),
                "--tls-ca-cert-file",
                directory.resolve("redis.crt").toString(),
                "--tls-auth-clients",
                "no")) {
            assertThat(redis.port()).isNotEqualTo(port);
            everythingWorksAt("rediss://127.0.0.1:" + port + "?verifyPeer=NONE");
            assertThatThrownBy(() -> RedisCluster.connect("rediss://127.0.0.1:" + port))
                    .as("a certificate that nobody vouches for")
                    .isInstanceOf(StoreException.class);
        }
    }

    private static void everythingWorksAt(String uri) {
        RecordingEar ear = new RecordingEar();
        try (SystemScheduler timer = new SystemScheduler("test-timer");
                RedisCluster a = RedisCluster.connect(uri);
                RedisCluster b = RedisCluster.connect(uri)) {
            b.bus().listen(ear);
            ear.awaitRegained(1);
            a.bus().publish("lobby", "to all");
            a.bus().send(b.node(), "to one");
            ear.awaitText("to all");
            ear.awaitText("to one");
            Presence there = a.presence(timer, Duration.ZERO);
            Presence here = b.presence(timer, Duration.ZERO);
            there.connected(ADA, new SessionId("phone"), ONLINE);
            Await.until("presence", () -> availability(here) == Availability.ONLINE);
            there.disconnected(ADA, new SessionId("phone"), false);
            Await.until("absence", () -> availability(here) == Availability.OFFLINE);
            there.connected(ADA, new SessionId("phone"), ONLINE);
            Await.until("presence", () -> availability(here) == Availability.ONLINE);
            a.close();
            Await.until("absence", () -> availability(here) == Availability.OFFLINE);
            assertThat(b.nodes().toCompletableFuture().join()).containsExactly(b.node());
        }
    }

    private static Availability availability(Presence presence) {
        return Objects.requireNonNull(presence.query(List.of(ADA))
                        .toCompletableFuture()
                        .join()
                        .get(ADA))
                .availability();
    }

    private void writeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve("redis.p12");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", "redis", "-dname", "CN=redis"));
        command.addAll(List.of("-ext", "san=ip:127.0.0.1", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        writePem("redis.crt", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
        writePem(
                "redis.key",
                "PRIVATE KEY",
                keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    }

    private void writePem(String name, String what, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
        Files.writeString(
                directory.resolve(name), "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
    }
}
