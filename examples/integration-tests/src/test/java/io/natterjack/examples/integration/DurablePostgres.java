package io.natterjack.examples.integration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.testkit.Await;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server for one test class, with the durability that an owner would give it. The library that starts it turns
 * that off on the command line; the settings here come later there, and the later ones count.
 */
final class DurablePostgres implements AutoCloseable {
    private final EmbeddedPostgres server;
    private final AtomicInteger schemas = new AtomicInteger();

    private DurablePostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    static DurablePostgres start() {
        try {
            return new DurablePostgres(EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setPGStartupWait(Await.PATIENCE)
                    .start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the URL of a place in which nothing is yet, with all that a connection needs. */
    String newUrl() {
        String schema = "test_" + schemas.incrementAndGet();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema " + schema);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
        return server.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + schema;
    }

    /** Returns a pool of connections to a place in which nothing is yet. */
    HikariDataSource newPool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(newUrl());
        config.setMaximumPoolSize(8);
        return new HikariDataSource(config);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
