package io.natterjack.store.jdbc;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.testkit.DurableMessageStoreContract;
import io.natterjack.testkit.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What the tests of the application's own hand have in common, on every database. */
abstract class JdbcFixture extends DurableMessageStoreContract {
    static final UserId SHOP = new UserId("shop");
    static final UserId ADMIN = new UserId("admin");

    final ManualScheduler time = new ManualScheduler();

    /** Returns the database of the test that runs, a connection each time. */
    abstract DataSource source() throws Exception;

    abstract void execute(String sql) throws Exception;

    abstract String read(String sql) throws Exception;

    JdbcMessageStore jdbcStore() {
        return (JdbcMessageStore) store();
    }

    RoomArchive archive() {
        return jdbcStore().archive();
    }

    MessageStore.Upkeep serve(DirectQueue queue) {
        return jdbcStore().begin(queue, time, time);
    }

    /** Tells whether the room's first event has lost its body. */
    boolean gone(RoomId room) {
        return all(room).get(0).body().isGone();
    }

    static Draft message(RoomId room, UserId sender, String cid) {
        return new Draft(room, sender, cid(cid), MessageBody.text(cid));
    }

    static ClientId cid(String cid) {
        return new ClientId(cid);
    }

    void fillRoom(RoomId room, int count) {
        List<Draft> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.addAll(drafts(room, "message " + i));
        }
        store().append(batch);
    }
}
