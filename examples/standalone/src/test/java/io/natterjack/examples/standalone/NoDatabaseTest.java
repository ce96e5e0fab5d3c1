package io.natterjack.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class NoDatabaseTest {
    @Test
    void whatIsSaidEndsWithWhatToLookAt() {
        assertThat(why("Socket fail to connect to db:1", new ConnectException("Connection refused")))
                .isEqualTo("Socket fail to connect to db:1 (ConnectException: Connection refused):"
                        + " is it running there, and on that port?");
        assertThat(why("The connection attempt failed.", new UnknownHostException("nosuch")))
                .isEqualTo("The connection attempt failed. (UnknownHostException: nosuch): is the host's name right?");
        assertThat(why("The connection attempt failed.", new SocketTimeoutException("Connect timed out")))
                .endsWith("does a firewall let it through?");
    }

    @Test
    void whatTheDatabaseRefusesNamesTheOption() {
        assertThat(refused("FATAL: password authentication failed for user \"chat\"", "28P01", 0))
                .isEqualTo("FATAL: password authentication failed for user \"chat\":"
                        + " are --jdbc-user and --jdbc-password-file right?");
        assertThat(refused("The server requested a login, but no password was provided.", "08004", 0))
                .endsWith("are --jdbc-user and --jdbc-password-file right?");
        assertThat(refused("FATAL: database \"chat\" does not exist", "3D000", 0))
                .endsWith(": create it first, the server makes only its tables");
        assertThat(refused("Unknown database 'chat'", "42000", 1_049))
                .endsWith(": create it first, the server makes only its tables");
    }

    @Test
    void whatNobodyKnowsIsSaidAsItIs() {
        assertThat(refused("FATAL: the weather is bad\nand more", "57P03", 0)).isEqualTo("FATAL: the weather is bad");
    }

    private static String why(String said, Exception root) {
        return NoDatabase.why(new RuntimeException("Failed to initialize pool", new SQLException(said, "08001", root)));
    }

    private static String refused(String said, String state, int code) {
        return NoDatabase.why(new RuntimeException("Failed to initialize pool", new SQLException(said, state, code)));
    }
}
