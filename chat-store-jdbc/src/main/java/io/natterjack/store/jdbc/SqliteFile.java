package io.natterjack.store.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteDataSource;

/** A database file that a store opens by itself. The one class that needs the SQLite driver. */
final class SqliteFile {
    /** How many connections read at once. */
    static final int READERS = 4;

    private final SQLiteDataSource source = new SQLiteDataSource();
    private final Dialect dialect;

    SqliteFile(Path file, Dialect dialect) {
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        this.dialect = dialect;
    }

    Connection open() throws SQLException {
        return Connections.prepared(source.getConnection(), dialect);
    }
}
