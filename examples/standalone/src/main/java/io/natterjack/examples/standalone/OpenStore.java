package io.natterjack.examples.standalone;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.natterjack.core.ChatException;
import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.server.InMemoryStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import io.natterjack.store.redis.RedisMessageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

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
     * @throws ParameterException if a file or directory can't be had, or a value is wrong
     * @throws ChatException if the database can't be used
     */
    static OpenStore open(Settings.Storage storage, Mistakes mistakes) {
        if (storage instanceof Settings.Storage.Sqlite sqlite) {
            Path directory = mistakes.reading("--data", sqlite.directory(), OpenStore::makeDirectory);
            return new OpenStore(JdbcMessageStore.sqlite(directory.resolve("chat.db")), Optional.empty());
        }
        if (storage instanceof Settings.Storage.Jdbc jdbc) {
            return open(pool(config(jdbc, mistakes), mistakes));
        }
        if (storage instanceof Settings.Storage.InRedis redis) {
            String uri = mistakes.uriOf(redis.address());
            RedisMessageStore.Builder builder = mistakes.of(
                    "--redis-prefix", () -> RedisMessageStore.builder(uri).prefix(redis.prefix()));
            return new OpenStore(mistakes.of("--redis", builder::open), Optional.empty());
        }
        return new OpenStore(new InMemoryStore(), Optional.empty());
    }

    /** What people wrote is nobody's on this machine but this user's. A directory that is there stays as it is. */
    private static Path makeDirectory(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Files.createDirectories(directory);
        }
        return Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static HikariDataSource pool(HikariConfig config, Mistakes mistakes) {
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException failure) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "the database of --jdbc-url can't be reached: " + NoDatabase.why(failure),
                    failure);
        } catch (RuntimeException failure) {
            if (failure.getCause() instanceof SQLException) {
                throw mistakes.mistake("--jdbc-url can't be read: it must be " + Settings.Storage.Jdbc.FORM);
            }
            throw failure;
        }
    }

    private static OpenStore open(HikariDataSource pool) {
        try {
            return new OpenStore(JdbcMessageStore.create(pool), Optional.of(pool));
        } catch (RuntimeException failure) {
            pool.close();
            throw failure;
        }
    }

    private static HikariConfig config(Settings.Storage.Jdbc jdbc, Mistakes mistakes) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("chat-store");
        config.setJdbcUrl(jdbc.url());
        jdbc.user().ifPresent(config::setUsername);
        jdbc.password().text().ifPresent(config::setPassword);
        jdbc.password()
                .file()
                .ifPresent(file -> config.setPassword(mistakes.reading("--jdbc-password-file", file, Files::readString)
                        .stripTrailing()));
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
