package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;

final class SqlWhyTest {
    @Test
    void theDatabaseIsHeardRatherThanThePool() {
        SQLException refused = new SQLException("Connection to db:5432 refused.", "08001");
        assertThat(SqlWhy.of("No", new SQLTransientConnectionException("pool: timed out", "08001", refused)))
                .isEqualTo("No: Connection to db:5432 refused.");
    }

    @Test
    void theRootIsSaidToo() {
        SQLException failed =
                new SQLException("The connection attempt failed.", "08001", new UnknownHostException("db"));
        assertThat(SqlWhy.of("No", new RuntimeException("insert 'hush'", failed)))
                .isEqualTo("No: The connection attempt failed. (UnknownHostException: db)");
    }

    @Test
    void whatMayHoldAMessageIsNotShown() {
        assertThat(SqlWhy.of("No", new SQLException("Failing row contains (hush)", "23514")))
                .isEqualTo("No: SQLState 23514");
        assertThat(SqlWhy.of("No", new BatchUpdateException("Batch entry 0 ('hush') was aborted", "57014", new int[0])))
                .isEqualTo("No: SQLState 57014");
        assertThat(SqlWhy.of("No", new RuntimeException("hush"))).isEqualTo("No (RuntimeException)");
    }

    @Test
    void rightsAndFilesAreShown() {
        assertThat(SqlWhy.of("No", new SQLException("ERROR: permission denied for schema public\nhint", "42501")))
                .isEqualTo("No: ERROR: permission denied for schema public");
        assertThat(SqlWhy.of("No", new SQLException("file is not a database"))).isEqualTo("No: file is not a database");
    }
}
