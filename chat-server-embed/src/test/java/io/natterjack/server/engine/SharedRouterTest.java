package io.natterjack.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Draft;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Outcome;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.server.InMemoryStore;
import io.natterjack.testkit.ForwardingStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Nodes that hear each other. */
final class SharedRouterTest extends SharedRouterContract {
    private static final RoomId LOBBY = new RoomId("lobby");

    /** A store that may be replaced by an older one of a later epoch. */
    private static final class RestoredStore extends ForwardingStore {
        final AtomicReference<MessageStore> now;

        RestoredStore(AtomicReference<MessageStore> now) {
            super(now::get);
            this.now = now;
        }
    }

    private RoomEvent append(MessageStore store, String cid) {
        Draft draft = new Draft(LOBBY, new UserId("ada"), new ClientId(cid), MessageBody.text(cid));
        return draft.accepted((Outcome.Accepted) store.append(List.of(draft)).get(0));
    }

    @Test
    void whoFollowsAPastThatTheStoreHasForgottenIsResetAndFindsTheNewOne() {
        RestoredStore store = new RestoredStore(new AtomicReference<>(new InMemoryStore(time::wallMillis)));
        RoomRouter router = openRouter(store);
        append(store.now.get(), "a");
        append(store.now.get(), "b");
        AtomicInteger resets = new AtomicInteger();
        List<RoomEvent> heard = new ArrayList<>();
        RoomSink sink = new RoomSink() {
            @Override
            public void events(List<RoomEvent> events, WireFrame frame) {
                heard.addAll(events);
            }

            @Override
            public void reset() {
                resets.incrementAndGet();
            }
        };
        router.attach(LOBBY, sink);
        time.runAll();
        router.follow(LOBBY, sink, 2);
        time.runAll();
        time.advance(Duration.ofMillis(10));
        MessageStore older = new InMemoryStore(time::wallMillis);
        append(older, "a");
        store.now.set(older);
        time.advance(Duration.ofSeconds(61));

        assertThat(resets).hasValue(1);
        append(older, "c");
        time.advance(Duration.ofSeconds(2));
        assertThat(heard).isEmpty();
        CompletionStage<Cursor> head = router.attach(LOBBY, sink);
        time.runAll();
        assertThat(head.toCompletableFuture().join().seq()).isEqualTo(2);
        router.follow(LOBBY, sink, 0);
        time.runAll();
        assertThat(heard).extracting(event -> event.clientId().value()).containsExactly("a", "c");
    }
}
