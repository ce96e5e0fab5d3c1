package io.natterjack.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.ClientId;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.StoreException;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.ListenerStore;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.FaultyStore;
import io.natterjack.testkit.ForwardingStore;
import io.natterjack.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventListenersTest {
    private static final RoomId ROOM = new RoomId("room");

    private final ManualScheduler time = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new InMemoryStore());
    private final List<Long> heard = new ArrayList<>();

    private EventListeners listeners(EventListener listener) {
        return new EventListeners("test", listener, new StoreReads(store, Runnable::run), time, time);
    }

    private List<RoomEvent> append(String cid) {
        Draft draft = new Draft(ROOM, new UserId("ada"), new ClientId(cid), MessageBody.text("hi"));
        return List.of(
                draft.accepted((Outcome.Accepted) store.append(List.of(draft)).get(0)));
    }

    @Test
    void whatIsCommittedIsHeardOnceAndInOrder() {
        EventListeners listeners = listeners(event -> heard.add(event.seq()));
        listeners.start();
        listeners.committed(append("a"));
        listeners.committed(append("b"));
        time.runAll();
        time.advance(Duration.ofMinutes(1));

        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void whatAListenerThrewAtComesAgainAlsoAfterAnError() {
        List<Long> tried = new ArrayList<>();
        EventListeners listeners = listeners(event -> {
            tried.add(event.seq());
            if (tried.size() == 1) {
                throw new AssertionError("planted");
            }
            heard.add(event.seq());
        });
        listeners.start();
        listeners.committed(append("a"));
        time.runAll();
        assertThat(heard).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(heard).containsExactly(1L);
        listeners.committed(append("b"));
        time.runAll();

        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void whatNobodyToldOfIsFoundByLooking() {
        EventListeners listeners = listeners(event -> heard.add(event.seq()));
        listeners.start();
        append("a");
        time.advance(Duration.ofSeconds(5));

        assertThat(heard).containsExactly(1L);
    }

    @Test
    void aLookThatTakesLongIsTakenSeldom() {
        SlowLooks slow = new SlowLooks(store, time);
        EventListeners listeners = new EventListeners(
                "test", event -> heard.add(event.seq()), new StoreReads(slow, Runnable::run), time, slow.clock);
        listeners.start();
        assertThat(slow.looks).isEqualTo(1);
        append("a");
        time.advance(Duration.ofSeconds(15));
        assertThat(slow.looks).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(slow.looks).isEqualTo(2);

        assertThat(heard).containsExactly(1L);
    }

    /** A look for rooms that are behind takes a second. */
    private static final class SlowLooks extends ForwardingStore {
        private int looks;
        private final Scheduler clock;

        SlowLooks(MessageStore store, ManualScheduler time) {
            super(store);
            clock = new Scheduler() {
                @Override
                public long wallMillis() {
                    return time.wallMillis();
                }

                @Override
                public long nanoTime() {
                    return time.nanoTime() + Duration.ofSeconds(looks).toNanos();
                }

                @Override
                public Cancellable after(Duration delay, Runnable task) {
                    return time.after(delay, task);
                }
            };
        }

        @Override
        public ListenerStore listeners() {
            ListenerStore behind = super.listeners();
            return new ListenerStore() {
                @Override
                public void register(String listener) {
                    behind.register(listener);
                }

                @Override
                public boolean take(String listener, String holder, Duration validity) {
                    return behind.take(listener, holder, validity);
                }

                @Override
                public Map<RoomId, Long> behind(String listener, int limit) {
                    looks++;
                    return behind.behind(listener, limit);
                }

                @Override
                public long heard(String listener, RoomId room) {
                    return behind.heard(listener, room);
                }

                @Override
                public void heard(String listener, RoomId room, long seq) {
                    behind.heard(listener, room, seq);
                }
            };
        }
    }

    @Test
    void withoutTheStoreItDoesntStart() {
        store.away(true);
        assertThatThrownBy(() -> listeners(event -> {}).start()).isInstanceOf(StoreException.class);
    }
}
