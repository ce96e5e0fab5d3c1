package io.natterjack.examples.integration;

import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.AuthVerifier;
import io.natterjack.server.ChatServer;
import io.natterjack.server.Interceptor.Decision;
import io.natterjack.server.Proposal;
import io.natterjack.server.jwt.JwtAlgorithm;
import io.natterjack.server.jwt.JwtAuthVerifier;
import io.natterjack.server.websocket.JavaWebSocketTransport;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.store.redis.cluster.RedisCluster;
import io.natterjack.store.redis.queue.AckAt;
import io.natterjack.store.redis.queue.RedisStreamQueue;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The code for those who run a server, as README.md and the pages in docs show it. A test compares them; that it compiles is
 * all that is asked of it here.
 */
abstract class HostPages {
    /** Where the application keeps what it hears. */
    interface Archive {
        void keep(RoomEvent event);
    }

    /** How the application reaches phones. */
    interface Push {
        void send(UserId user, RoomEvent message);
    }

    /** The application's own tables. */
    interface Orders {
        void insert(Connection connection, String order) throws SQLException;
    }

    abstract boolean isSpam(Proposal proposal);

    ChatServer hooks(AuthVerifier auth, JdbcMessageStore store, Archive archive, Push push) {
        // docs:begin
        ChatServer server = ChatServer.builder(auth)
                .store(store)
                .interceptor(proposal -> isSpam(proposal) ? Decision.reject("no_spam") : Decision.allow())
                .listener("archive", event -> archive.keep(event))
                .offlineNotifier((user, message, mentioned) -> push.send(user, message))
                .start();
        server.room(new RoomId("frogs")).post(MessageBody.text("The pond is open."));
        // docs:end
        return server;
    }

    void inTheTransaction(JdbcMessageStore store, Connection connection, RoomId room, UserId shop) throws SQLException {
        // docs:begin
        store.outbox().post(connection, room, shop, MessageBody.text("Your order was placed"));
        // docs:end
    }

    void severalProcesses(AuthVerifier auth, DataSource pool) {
        // docs:begin
        ChatServer.builder(auth)
                .store(JdbcMessageStore.create(pool))
                .cluster(RedisCluster.connect("redis://10.0.0.5:6379")) // of io.natterjack.store.redis.cluster
                .start();
        // docs:end
    }

    void severalProcessesOnceMore(AuthVerifier auth, DataSource pool) {
        // docs:begin
        ChatServer.builder(auth)
                .store(JdbcMessageStore.create(pool))
                .cluster(RedisCluster.connect("redis://10.0.0.5:6379")) // this line is the cluster
                .start();
        // docs:end
    }

    void whoMayEnter(byte[] secret, JdbcMessageStore store) {
        // docs:begin
        AuthVerifier auth = JwtAuthVerifier.withSecret(JwtAlgorithm.HS256, secret)
                .issuer("https://login.example.org")
                .build();
        ChatServer.builder(auth).store(store).start();
        // docs:end
    }

    ChatServer ownTransport(AuthVerifier auth, JdbcMessageStore store) {
        // docs:begin
        JavaWebSocketTransport transport = JavaWebSocketTransport.builder()
                .port(8080)
                .maxConnections(50_000)
                .build();
        ChatServer server =
                ChatServer.builder(auth).store(store).transport(transport).start();
        // docs:end
        return server;
    }

    void queueInRedis(AuthVerifier auth, DataSource pool) {
        // docs:begin
        ChatServer.builder(auth)
                .store(JdbcMessageStore.create(pool))
                .queue(RedisStreamQueue.builder("redis://10.0.0.5:6379")
                        .ackAt(AckAt.QUEUE)
                        .factory())
                .start();
        // docs:end
    }

    void stores(DataSource pool) {
        // docs:begin
        JdbcMessageStore inADatabase =
                JdbcMessageStore.create(pool); // a DataSource of yours, which stays yours to close
        JdbcMessageStore inAFile = JdbcMessageStore.sqlite(Path.of("chat.db")); // SQLite
        // docs:end
        inADatabase.close();
        inAFile.close();
    }

    void order(DataSource dataSource, Orders orders, String order, JdbcMessageStore store, RoomId room, UserId shop)
            throws SQLException {
        // docs:begin
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            orders.insert(connection, order);
            store.outbox().post(connection, room, shop, MessageBody.text("Your order was placed"));
            connection.commit();
        }
        // docs:end
    }
}
