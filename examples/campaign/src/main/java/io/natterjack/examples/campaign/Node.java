package io.natterjack.examples.campaign;

import io.natterjack.testkit.FaultProxy;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster: a process, the doors by which clients come to it, and those by which it gets to the database and to Redis.
 *
 * @param databaseDoor nothing if it has no database
 * @param redisDoor nothing if it has no Redis
 */
record Node(
        ChatProcess process,
        List<FaultProxy> doors,
        @Nullable FaultProxy databaseDoor,
        @Nullable FaultProxy redisDoor) implements AutoCloseable {

    /** Returns where the {@code n}th client connects to; a few share a door, so that they are cut together. */
    URI address(int n) {
        return URI.create("ws://127.0.0.1:" + doors.get(n % doors.size()).port() + "/chat");
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
        doors.forEach(FaultProxy::close);
        if (databaseDoor != null) {
            databaseDoor.close();
        }
        if (redisDoor != null) {
            redisDoor.close();
        }
    }
}
