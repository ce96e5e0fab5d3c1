package io.natterjack.examples.integration;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class PostgresKillSurvivalIT extends KillSurvival {
    private static DurablePostgres postgres;

    private String url;

    @BeforeAll
    static void start() {
        postgres = DurablePostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Override
    List<String> storage() {
        if (url == null) {
            url = postgres.newUrl();
        }
        return List.of("--jdbc-url", url);
    }
}
