package io.natterjack.examples.integration;

import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.JdbcMessageStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteResumeIT extends Resume {
    @TempDir
    Path directory;

    @Override
    MessageStore open() {
        return JdbcMessageStore.sqlite(directory.resolve("chat.db"));
    }
}
