package io.natterjack.examples.campaign;

import io.natterjack.core.Draft;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The MariaDB that the machine has; {@code .ci/run} makes sure that it has one. */
@EnabledIf(
        value = "io.natterjack.examples.campaign.MariaServer#isInstalled",
        disabledReason = "no MariaDB server is installed")
final class MariaFaultsIT extends DatabaseFaults {
    @TempDir
    static Path folder;

    private static MariaServer server;
    private static int databases;
    private final String database = "d" + ++databases;

    @BeforeAll
    static void startServer() throws Exception {
        server = MariaServer.start(folder);
        executeAsRoot("create user chat@'127.0.0.1' identified by 'chat'");
        for (int i = 1; i <= 20; i++) {
            executeAsRoot("create database d" + i);
            executeAsRoot("grant all on d" + i + ".* to chat@'127.0.0.1'");
        }
    }

    private static void executeAsRoot(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url(server.port()));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
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
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=chat&password=chat";
    }

    @Override
    void readOnly(boolean readOnly) throws Exception {
        executeAsRoot("set global read_only = " + (readOnly ? 1 : 0));
    }

    @Override
    long waitingForLocks() throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url(server.port()));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        // What innodb_trx shows stays the same for as long as somebody asks all the time.
                        "select variable_value from information_schema.global_status"
                                + " where variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** {@inheritDoc} Whoever has written least dies. */
    @Override
    void outlive(Statement statement) throws Exception {
        for (int i = 0; i < 20; i++) {
            statement.execute("insert into chat_retention (room, max_age_ms, max_messages) values ('" + i + "', 1, 1)");
        }
    }

    /** A full disk itself isn't to be had in a test that any machine can run; its error is. */
    @Test
    void aFullDiskMakesTheDatabaseUnavailableUntilThereIsRoom() throws Exception {
        executeAsRoot("create trigger " + database + ".fail before insert on " + database
                + ".chat_message for each row signal sqlstate 'HY000' set mysql_errno = 1114, message_text = 'full'");
        Draft draft = draft(A);
        assertUnavailable(append(draft));

        executeAsRoot("drop trigger " + database + ".fail");
        atLast(draft);
        assertOnceInOrder(A, List.of(draft));
    }
}
