package io.natterjack.examples.standalone;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.InMemoryStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.store.redis.RedisMessageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A message store and what it stands on.
 *
 * @param pool closed after the store; nothing if the store needs none
 */
record OpenStore(MessageStore store, Optional<HikariDataSource> pool) implements AutoCloseable {
    /** The server answers "unavailable" after about a second without a database; nothing here should wait much longer. */
    private static final int CONNECTION_MILLIS = 1_000;

    private static final int VALIDATION_MILLIS = 500;
    private static final int SOCKET_SECONDS = 2;
    private static final int CONNECT_SECONDS = 1;
    private static final int CONNECTIONS = 10;

    /**
     * Opens what the settings ask for.
     *
     * @throws IOException if a file or directory can't be had
     * @throws RuntimeException if the database can't be used
     */
    static OpenStore open(Settings.Storage storage) throws IOException {
        if (storage instanceof Settings.Storage.Sqlite sqlite) {
            Path directory = Files.createDirectories(sqlite.directory());
            return new OpenStore(JdbcMessageStore.sqlite(directory.resolve("chat.db")), Optional.empty());
        }
        if (storage instanceof Settings.Storage.Jdbc jdbc) {
            return open(new HikariDataSource(config(jdbc)));
        }
        if (storage instanceof Settings.Storage.InRedis redis) {
            RedisMessageStore store = RedisMessageStore.builder(redis.uri().text())
                    .prefix(redis.prefix())
                    .open();
            return new OpenStore(store, Optional.empty());
        }
        return new OpenStore(new InMemoryStore(), Optional.empty());
    }

    private static OpenStore open(HikariDataSource pool) {
        try {
            return new OpenStore(JdbcMessageStore.create(pool), Optional.of(pool));
        } catch (RuntimeException failure) {
            pool.close();
            throw failure;
        }
    }

    private static HikariConfig config(Settings.Storage.Jdbc jdbc) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("chat-store");
        config.setJdbcUrl(jdbc.url());
        jdbc.user().ifPresent(config::setUsername);
        jdbc.password().text().ifPresent(config::setPassword);
        if (jdbc.password().file().isPresent()) {
            config.setPassword(Files.readString(jdbc.password().file().get()).stripTrailing());
        }
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setValidationTimeout(VALIDATION_MILLIS);
        // A database that has gone without a word is noticed by these. MariaDB's driver counts them in milliseconds.
        int unit = jdbc.url().startsWith("jdbc:mariadb:") ? 1_000 : 1;
        config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_SECONDS * unit));
        config.addDataSourceProperty("socketTimeout", String.valueOf(SOCKET_SECONDS * unit));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return config;
    }

    @Override
    public void close() {
        store.close();
        pool.ifPresent(HikariDataSource::close);
    }
}
