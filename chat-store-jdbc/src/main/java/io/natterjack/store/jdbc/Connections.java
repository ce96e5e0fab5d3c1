package io.natterjack.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;

/**
 * Where a store's connections come from.
 *
 * @param writing for appends
 * @param reading for all else
 * @param close releases what was opened for the store alone; may be run more than once
 */
record Connections(Jdbi writing, Jdbi reading, Runnable close) {
    /** How long a caller waits for its turn to write, or for a connection of the store's own. */
    static final long WAIT_MILLIS = 1_000;

    /** Takes all connections from somebody else's source, one at a time in each call. */
    static Connections from(DataSource source, Dialect dialect) {
        ConnectionFactory factory = () -> prepared(source.getConnection(), dialect);
        Jdbi reading = jdbi(factory);
        // Where there is only one writer, waiting in line here is fairer and quicker than the database's trying again.
        Jdbi writing = dialect.appendConcurrency() == 1 ? jdbi(new Turns(factory)) : reading;
        return new Connections(writing, reading, () -> {});
    }

    /** Opens connections to a file of the store's own and keeps them: one that writes and a few that read. */
    static Connections to(SqliteFile file) {
        ConnectionPool writer = new ConnectionPool(file::open, 1);
        ConnectionPool readers = new ConnectionPool(file::open, SqliteFile.READERS);
        return new Connections(jdbi(writer), jdbi(readers), () -> {
            readers.close();
            writer.close();
        });
    }

    static Connection prepared(Connection connection, Dialect dialect) throws SQLException {
        try {
            dialect.prepare(connection);
            return connection;
        } catch (SQLException | RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    private static Jdbi jdbi(ConnectionFactory factory) {
        Jdbi jdbi = Jdbi.create(factory);
        // Else exceptions, and so logs, would repeat what people wrote.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        jdbi.registerArrayType(String.class, "text");
        jdbi.registerArrayType(Long.class, "bigint");
        return jdbi;
    }

    /** Waits for a permit; a second at most. */
    static void acquire(Semaphore permits, String what) throws SQLException {
        try {
            if (!permits.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException(what + " for " + WAIT_MILLIS + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted", e);
        }
    }

    /** Gives out one connection at a time, first come first served. */
    private static final class Turns implements ConnectionFactory {
        private final ConnectionFactory factory;
        private final Semaphore turn = new Semaphore(1, true);

        Turns(ConnectionFactory factory) {
            this.factory = factory;
        }

        @Override
        public Connection openConnection() throws SQLException {
            acquire(turn, "others have been writing");
            try {
                return factory.openConnection();
            } catch (SQLException | RuntimeException failure) {
                turn.release();
                throw failure;
            }
        }

        @Override
        public void closeConnection(Connection connection) throws SQLException {
            try {
                factory.closeConnection(connection);
            } finally {
                turn.release();
            }
        }
    }
}
