package io.natterjack.examples.integration;

import com.zaxxer.hikari.HikariDataSource;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

final class PostgresResumeIT extends Resume {
    private static DurablePostgres postgres;

    private HikariDataSource pool;

    @BeforeAll
    static void startDatabase() {
        postgres = DurablePostgres.start();
    }

    @AfterAll
    static void stopDatabase() {
        postgres.close();
    }

    @Override
    MessageStore open() {
        if (pool == null) {
            pool = postgres.newPool();
        }
        return JdbcMessageStore.create(pool);
    }

    /** Runs before what the superclass does after each test, when nobody writes any more. */
    @AfterEach
    void closePool() {
        pool.close();
    }
}
