package io.natterjack.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.DurableMessageStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A pool of the application's own, of a size that doesn't suit and with settings that lose what is committed. */
final class SqliteDataSourceIT extends DurableMessageStoreContract {
    @TempDir
    Path folder;

    private HikariDataSource pool;

    @Override
    protected MessageStore open() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + folder.resolve("chat.db") + "?synchronous=OFF&journal_mode=DELETE");
        config.setAutoCommit(false);
        config.setMaximumPoolSize(3);
        pool = new HikariDataSource(config);
        return JdbcMessageStore.create(pool);
    }

    @Override
    protected MessageStore openAgain() {
        return JdbcMessageStore.create(pool);
    }

    @AfterEach
    void closeThePool() {
        pool.close();
    }
}
