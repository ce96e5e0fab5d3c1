package io.natterjack.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.store.jdbc.AppendingProcess.Ack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that a store holds of some rooms, checked for holes and doubles while it is read. */
final class StoredRooms {
    private final Map<RoomId, List<RoomEvent>> events = new HashMap<>();

    private StoredRooms() {}

    /** Reads again what grew meanwhile: a server goes on with the commit of a client that was killed. */
    static StoredRooms read(MessageStore store, List<RoomId> rooms) {
        StoredRooms stored = new StoredRooms();
        for (RoomId room : rooms) {
            long before;
            List<RoomEvent> all;
            do {
                before = head(store, room);
                all = store.eventsAfter(room, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
            } while (head(store, room) != before);
            Set<ClientId> cids = new HashSet<>();
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).seq()).as("seq in " + room).isEqualTo(i + 1L);
                assertThat(cids.add(all.get(i).clientId())).as("once").isTrue();
            }
            assertThat(before).isEqualTo(all.size());
            stored.events.put(room, all);
        }
        return stored;
    }

    private static long head(MessageStore store, RoomId room) {
        return store.heads(List.of(room)).get(room).seq();
    }

    /** Checks that each acknowledged message is where it was said to be. */
    void assertHas(List<Ack> acks) {
        for (Ack ack : acks) {
            List<RoomEvent> room = events.get(ack.room());
            assertThat(room.size()).as("head of " + ack.room()).isGreaterThanOrEqualTo((int) ack.seq());
            assertThat(room.get((int) ack.seq() - 1).clientId()).isEqualTo(ack.clientId());
        }
    }

    /** Returns how many messages there are. */
    int size() {
        return events.values().stream().mapToInt(List::size).sum();
    }
}
