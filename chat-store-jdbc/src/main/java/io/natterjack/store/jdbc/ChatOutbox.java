package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Messages that the application writes in its own database transaction: they appear in their room if and only if that transaction
 * commits, once, a moment after it has.
 *
 * <pre>{@code
 * try (Connection connection = dataSource.getConnection()) {
 *     connection.setAutoCommit(false);
 *     orders.place(connection, order);
 *     store.outbox().post(connection, room, shop, MessageBody.text("Your order was placed"));
 *     connection.commit();
 * }
 * }</pre>
 *
 * <p>Under Spring, {@code DataSourceUtils.getConnection(dataSource)} gives the connection of the running transaction. The chat
 * tables must be in the same database as the application's.
 *
 * <p><b>Order.</b> What one transaction posts to one room keeps its order there. Among transactions, the order of their commits
 * isn't promised.
 *
 * <p><b>Delivery.</b> A server that uses this store looks for new messages often for two seconds after a {@code post} in its process,
 * and at once after {@link #committed}; whatever was missed, because a process died between commit and delivery or none was running,
 * one of the servers finds within about a second of its being there.
 *
 * <p><b>Threads.</b> Any thread may call. Nothing waits for the chat inside the caller's transaction.
 */
public final class ChatOutbox {
    static final String INSERT = "insert into chat_outbox (room, sender, cid, body) values (?, ?, ?, ?)";

    private volatile @Nullable OutboxRelay relay;

    ChatOutbox() {}

    void relayThrough(OutboxRelay newRelay) {
        relay = newRelay;
    }

    void noLongerThrough(OutboxRelay ended) {
        if (ended.equals(relay)) {
            relay = null;
        }
    }

    /**
     * Writes a message in the connection's transaction; if it has none (auto-commit), by itself.
     *
     * @param connection of the database that the store is in; it stays the caller's
     * @param sender on whose behalf; whether they may is for the caller to say
     * @return the client id that the message will have
     * @throws SQLException if the database refuses; the caller's transaction is then what its database makes of a failed statement
     */
    public ClientId post(Connection connection, RoomId room, UserId sender, MessageBody body) throws SQLException {
        ClientId cid = newClientId();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, room.value());
            insert.setString(2, sender.value());
            insert.setString(3, cid.value());
            insert.setString(4, Objects.requireNonNull(body).json());
            insert.executeUpdate();
        }
        nudge();
        return cid;
    }

    /** Writes a message in the handle's transaction: see {@link #post(Connection, RoomId, UserId, MessageBody)}. */
    public ClientId post(Handle handle, RoomId room, UserId sender, MessageBody body) {
        ClientId cid = newClientId();
        handle.execute(INSERT, room.value(), sender.value(), cid.value(), body.json());
        nudge();
        return cid;
    }

    /** Has the server look for new messages now. Never needed; a hook that runs after a commit is the place to call it. */
    public void committed() {
        nudge();
    }

    private void nudge() {
        OutboxRelay present = relay;
        if (present != null) {
            present.nudge();
        }
    }

    private static ClientId newClientId() {
        return new ClientId(ClientId.SERVERS_OWN + "outbox:" + UUID.randomUUID());
    }
}
