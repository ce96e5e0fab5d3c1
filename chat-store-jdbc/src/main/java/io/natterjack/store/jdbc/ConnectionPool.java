package io.natterjack.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to a file as they are needed and keeps them.
 *
 * <p><b>Threads.</b> Any thread may call.
 *
 * <p><b>Bounded.</b> Who finds all connections in use waits in line, about a second at most.
 */
final class ConnectionPool implements ConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final ConnectionFactory opener;
    private final Semaphore permits;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    ConnectionPool(ConnectionFactory opener, int max) {
        this.opener = opener;
        this.permits = new Semaphore(max, true);
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connections.acquire(permits, "all connections have been in use");
        try {
            Connection kept = takeIdle();
            return kept == null ? opener.openConnection() : kept;
        } catch (SQLException | RuntimeException failure) {
            permits.release();
            throw failure;
        }
    }

    private @Nullable Connection takeIdle() throws SQLException {
        synchronized (lock) {
            if (closed) {
                throw new SQLNonTransientConnectionException("the store is closed");
            }
            return idle.poll();
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try {
            if (connection.isClosed() || !keep(connection)) {
                connection.close();
            }
        } finally {
            permits.release();
        }
    }

    private boolean keep(Connection connection) {
        synchronized (lock) {
            if (!closed) {
                idle.push(connection);
            }
            return !closed;
        }
    }

    /** Closes what is idle now, and what is in use when it comes back. */
    void close() {
        List<Connection> rest;
        synchronized (lock) {
            closed = true;
            rest = new ArrayList<>(idle);
            idle.clear();
        }
        for (Connection connection : rest) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.warn("A connection could not be closed", e);
            }
        }
    }
}
