package io.natterjack.store.jdbc;

import io.natterjack.core.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables, and which version of them a database has. Version {@code n} is the files {@code <database>-1.sql} to {@code -n.sql},
 * applied in order. A later version only adds, so that processes of the version before go on working beside it; what nobody needs
 * any more goes one version later.
 */
final class Schema {
    /** The version that this code needs. */
    static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    private Schema() {}

    /**
     * Creates what is missing, alone among all processes.
     *
     * @param nowMillis the epoch, if the tables don't exist yet
     * @return the store's epoch
     */
    static long open(Handle handle, Dialect dialect, long nowMillis) {
        dialect.beginSchemaChange(handle);
        try {
            int version = dialect.hasTable(handle, "chat_store") ? version(handle) : 0;
            if (version > VERSION) {
                throw new StoreException(
                        StoreException.Kind.REJECTED,
                        "The chat tables in this " + dialect.name() + " database are of version " + version
                                + ", made by a newer release; this one knows versions up to " + VERSION);
            }
            upgrade(handle, dialect, version, nowMillis);
            long epoch = handle.createQuery("select epoch from chat_store")
                    .mapTo(Long.class)
                    .one();
            dialect.commit(handle);
            return epoch;
        } catch (RuntimeException failure) {
            try {
                dialect.rollback(handle);
            } catch (RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private static void upgrade(Handle handle, Dialect dialect, int from, long nowMillis) {
        for (int version = from + 1; version <= VERSION; version++) {
            handle.createScript(script(dialect.name() + "-" + version + ".sql")).executeAsSeparateStatements();
            if (version == 1) {
                handle.execute("insert into chat_store (id, schema_version, epoch) values (1, 1, ?)", nowMillis);
            } else {
                handle.execute("update chat_store set schema_version = ?", version);
            }
            LOG.info("The chat tables in the {} database are of version {} now", dialect.name(), version);
        }
    }

    private static int version(Handle handle) {
        return handle.createQuery("select schema_version from chat_store")
                .mapTo(Integer.class)
                .one();
    }

    private static String script(String file) {
        try (InputStream in = Schema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its own " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
