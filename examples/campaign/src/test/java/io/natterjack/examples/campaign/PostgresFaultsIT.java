package io.natterjack.examples.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.Draft;
import io.natterjack.core.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresFaultsIT extends DatabaseFaults {
    @TempDir
    static Path folder;

    private static PostgresServer server;
    private static int schemas;
    private final String schema = "s" + ++schemas;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start(folder);
        try (Connection connection = DriverManager.getConnection(server.url(server.port()));
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set deadlock_timeout = '50ms'");
            statement.execute("select pg_reload_conf()");
            for (int i = 1; i <= 20; i++) {
                statement.execute("create schema s" + i);
            }
        }
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @Override
    DatabaseServer server() {
        return server;
    }

    @Override
    String url(int port) {
        return server.url(port) + "&currentSchema=" + schema;
    }

    @Override
    void readOnly(boolean readOnly) throws Exception {
        try (Connection connection = direct();
                Statement statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(
                    "alter database postgres set default_transaction_read_only = " + (readOnly ? "on" : "off"));
        }
    }

    @Override
    long waitingForLocks() throws Exception {
        return number("select count(*) from pg_locks where not granted");
    }

    /** {@inheritDoc} Whoever looks for a circle first dies. */
    @Override
    void outlive(Statement statement) throws Exception {
        statement.execute("set local deadlock_timeout = '20s'");
    }

    @Test
    void aSerializationFailureIsTriedAgain() throws Exception {
        failInserts("if nextval('attempts') < 4 then raise sqlstate '40001'; end if;");
        Draft draft = draft(A);

        accepted(append(draft));
        assertOnceInOrder(A, List.of(draft));
    }

    /** A full disk itself isn't to be had in a test that any machine can run; its error is. */
    @Test
    void aFullDiskMakesTheDatabaseUnavailableUntilThereIsRoom() throws Exception {
        failInserts("raise sqlstate '53100';");
        Draft draft = draft(A);
        assertUnavailable(append(draft));

        execute("drop trigger fail on chat_message");
        atLast(draft);
        assertOnceInOrder(A, List.of(draft));
    }

    private void failInserts(String how) throws Exception {
        execute("create sequence attempts"); // not rolled back with the transaction
        execute("create function fail() returns trigger language plpgsql as $$ begin " + how + " return new; end $$");
        execute("create trigger fail before insert on chat_message for each row execute function fail()");
    }

    @Test
    void whatGathersWhileATransactionWaitsGoesTogether() throws Exception {
        try (Connection other = direct();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select * from chat_room where room = 'a' for update");
            CompletableFuture<Outcome> first = append(draft(A));
            List<CompletableFuture<Outcome>> rest = new java.util.ArrayList<>();
            for (int i = 0; i < 100; i++) {
                rest.add(append(draft(A)));
            }
            other.commit();
            accepted(first);
            for (CompletableFuture<Outcome> each : rest) {
                accepted(each);
            }
            try (var row = statement.executeQuery(
                    "select count(distinct xmin::text) from chat_message where room = 'a' and seq > 1")) {
                row.next();
                assertThat(row.getInt(1)).as("transactions").isBetween(1, 2);
            }
        }
    }
}
