package io.natterjack.store.jdbc;

import io.natterjack.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables, and which version of them a database has. Version {@code n} is the files {@code <database>-1.sql} to {@code -n.sql},
 * applied in order. A later version only adds, so that processes of the version before go on working beside it; what nobody needs
 * any more goes one version later. The tables themselves say what the oldest code is that may use them.
 */
final class Schema {
    /** The version that this code needs. */
    static final int VERSION = 4;

    private static final int ATTEMPTS = 10;
    private static final int PATIENCE_MILLIS = (int) TimeUnit.HOURS.toMillis(1);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    private Schema() {}

    /** Who brings the tables up to date. */
    enum Owner {
        STORE,
        APPLICATION
    }

    /**
     * Creates what is missing, alone among all processes; or, if that is the application's business, makes sure that nothing is.
     *
     * @param nowMillis the epoch, if the tables don't exist yet
     * @return the store's epoch
     */
    static long open(Handle handle, Dialect dialect, Owner owner, long nowMillis) {
        if (!isCurrent(handle, dialect)) {
            if (owner == Owner.APPLICATION) {
                throw new StoreException(
                        StoreException.Kind.REJECTED,
                        "The chat tables in this " + dialect.title() + " database are of version "
                                + version(handle, dialect) + ", and this release needs version " + VERSION
                                + ": apply JdbcMessageStore.schema(\"" + dialect.name() + "\", "
                                + version(handle, dialect) + ")");
            }
            upgradeInTime(handle, dialect, nowMillis);
        }
        if (handle.createQuery("select is_copy from chat_store")
                        .mapTo(Integer.class)
                        .one()
                == 1) {
            // Of several who open the copy at once one begins the epoch, and the others have the same.
            beginEpoch(handle, nowMillis, " where is_copy = 1");
        }
        return handle.createQuery("select epoch from chat_store")
                .mapTo(Long.class)
                .one();
    }

    /** Begins a new epoch: the clock, so that one backup restored twice doesn't get the same epoch twice. */
    static void beginEpoch(Handle handle, long nowMillis) {
        beginEpoch(handle, nowMillis, "");
    }

    private static void beginEpoch(Handle handle, long nowMillis, String condition) {
        int begun = handle.execute(
                "update chat_store set epoch = case when epoch < ? then ? else epoch + 1 end, is_copy = 0" + condition,
                nowMillis,
                nowMillis);
        if (begun > 0) {
            LOG.warn("A new epoch begins: clients drop what they know of rooms and read it again");
        }
    }

    /** Most starts find all as it should be, and need no lock. */
    private static boolean isCurrent(Handle handle, Dialect dialect) {
        int version = version(handle, dialect);
        if (version > VERSION && oldestCode(handle) > VERSION) {
            throw new StoreException(
                    StoreException.Kind.REJECTED,
                    "The chat tables in this " + dialect.title() + " database are of version " + version
                            + ", made by a newer release; this one knows versions up to " + VERSION
                            + ": run a newer release here, or this one on a backup from before");
        }
        return version >= VERSION;
    }

    /** Tries again when tables are in use: between two tries those who use them go on. */
    private static void upgradeInTime(Handle handle, Dialect dialect, long nowMillis) {
        for (int attempt = 1; ; attempt++) {
            try {
                upgradeAlone(handle, dialect, nowMillis);
                return;
            } catch (UnableToExecuteStatementException failure) {
                boolean lockedOut = failure.getCause() instanceof SQLException cause && dialect.isLockedOut(cause);
                if (!lockedOut || attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
                LOG.info("The chat tables are in use; their change is tried again");
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void upgradeAlone(Handle handle, Dialect dialect, long nowMillis) {
        int timeout = waitForLong(handle);
        try {
            upgradeInTurn(handle, dialect, nowMillis);
        } finally {
            setTimeout(handle, timeout);
        }
    }

    /** How soon an answer is missed is set for appends; to change large tables, or to wait while another does, takes longer. */
    private static int waitForLong(Handle handle) {
        try {
            int timeout = handle.getConnection().getNetworkTimeout();
            if (timeout == 0 || timeout >= PATIENCE_MILLIS) {
                return 0;
            }
            setTimeout(handle, PATIENCE_MILLIS);
            return timeout;
        } catch (SQLException unknown) {
            LOG.debug("How long a connection waits for an answer can't be asked", unknown);
            return 0;
        }
    }

    private static void setTimeout(Handle handle, int millis) {
        if (millis == 0) {
            return; // It wasn't touched.
        }
        try {
            handle.getConnection().setNetworkTimeout(Runnable::run, millis);
        } catch (SQLException failure) {
            LOG.debug("How long a connection waits for an answer can't be set", failure);
        }
    }

    private static void upgradeInTurn(Handle handle, Dialect dialect, long nowMillis) {
        dialect.beginSchemaChange(handle);
        boolean done = false;
        try {
            if (!isCurrent(handle, dialect)) {
                upgrade(handle, dialect, version(handle, dialect), nowMillis);
            }
            done = true;
        } finally {
            dialect.endSchemaChange(handle, done);
        }
    }

    private static void upgrade(Handle handle, Dialect dialect, int from, long nowMillis) {
        for (int version = from + 1; version <= VERSION; version++) {
            handle.createScript(file(dialect.name() + "-" + version + ".sql")).executeAsSeparateStatements();
            handle.execute(recordVersion(version, nowMillis));
            LOG.info("The chat tables in the {} database are of version {} now", dialect.title(), version);
        }
    }

    private static String recordVersion(int version, long epoch) {
        return version == 1
                ? "insert into chat_store (id, schema_version, epoch) values (1, 1, " + epoch + ")"
                : "update chat_store set schema_version = " + version;
    }

    /** Returns the version of the tables, 0 if there are none. */
    private static int version(Handle handle, Dialect dialect) {
        return dialect.hasTable(handle, "chat_store")
                ? handle.createQuery("select schema_version from chat_store")
                        .mapTo(Integer.class)
                        .findOne()
                        .orElse(0)
                : 0;
    }

    private static int oldestCode(Handle handle) {
        return handle.createQuery("select oldest_code from chat_store")
                .mapTo(Integer.class)
                .one();
    }

    /**
     * Returns the statements that bring tables from version {@code from} to the one that this code needs.
     *
     * @param epoch the store's epoch, if {@code from} is 0
     */
    static String script(String database, int from, long epoch) {
        StringBuilder script = new StringBuilder();
        for (int version = from + 1; version <= VERSION; version++) {
            script.append(file(database + "-" + version + ".sql"))
                    .append('\n')
                    .append(recordVersion(version, epoch))
                    .append(";\n\n");
        }
        return script.toString();
    }

    private static String file(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its own " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
