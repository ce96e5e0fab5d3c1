package io.natterjack.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.ClientId;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.MessageBody;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Limits;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.server.InMemoryStore;
import io.natterjack.server.RolePolicy;
import io.natterjack.server.engine.GroupCommitQueue;
import io.natterjack.server.engine.StoreReads;
import io.natterjack.testkit.ManualScheduler;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class JoinedRoomTest {
    private static final RoomId ROOM = new RoomId("r");

    private static final RoomEvent EVENT = new RoomEvent(
            ROOM, new Cursor(1, 1), EventKind.MESSAGE, new UserId("ada"), new ClientId("c"), 0, MessageBody.text("hi"));

    private final ManualScheduler time = new ManualScheduler();
    private final LateRouter router = new LateRouter();

    @Test
    void whoGoesBeforeTheAttachingIsThroughIsTakenOutAfterIt() {
        JoinedRoom joined = joined(new TestConnection());
        joined.step();
        joined.leave();
        router.attachNow();
        time.runAll();
        assertThat(router.attached).isEmpty();
    }

    @Test
    void aConnectionThatFailsToTakeAFrameIsClosedAndTheRoomHearsNothingOfIt() {
        BrokenConnection connection = new BrokenConnection();
        joined(connection).events(List.of(EVENT), FrameCodec.encode((ServerFrame) new Ping()));
        assertThat(connection.inner.closed()).contains(CloseReason.INTERNAL);
    }

    private JoinedRoom joined(Connection connection) {
        InMemoryStore store = new InMemoryStore();
        SessionContext context = new SessionContext(
                request -> new CompletableFuture<>(),
                new GroupCommitQueue(store, router, time, time, GroupCommitQueue.Bounds.DEFAULT),
                router,
                new StoreReads(store, time),
                time,
                time,
                () -> new SessionId("s"),
                1,
                SessionSettings.defaults(new Limits(64 << 10, MessageBody.MAX_BYTES, 64, 20, 40), 256 << 10),
                Services.plain(new RolePolicy(), time),
                (by, other) -> {});
        UserId ada = new UserId("ada");
        Accesses accesses = new Accesses(context, ada, () -> Principal.of(ada));
        return new JoinedRoom(
                context, connection, new Lane(time), ROOM, accesses, 1, Optional.empty(), 0, new JoinedRoom.Owner() {
                    @Override
                    public void decided(JoinedRoom joined) {}

                    @Override
                    public void held(JoinedRoom joined) {}

                    @Override
                    public void removed(JoinedRoom joined) {}
                });
    }

    /** Attaches when it is told to, as a router does whose room closes at that moment. */
    private static final class LateRouter implements RoomRouter {
        final Set<RoomSink> attached = new HashSet<>();
        private final CompletableFuture<Cursor> head = new CompletableFuture<>();
        private Runnable attaching = () -> {};

        void attachNow() {
            attaching.run();
            head.complete(new Cursor(1, 0));
        }

        @Override
        public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
            attaching = () -> attached.add(sink);
            return head;
        }

        @Override
        public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
            return CompletableFuture.completedFuture(new Progress(seq, true));
        }

        @Override
        public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
            attached.remove(sink);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void committed(List<RoomEvent> events) {}

        @Override
        public void changed(RoomId room) {}

        @Override
        public void close() {}
    }

    private static final class BrokenConnection implements Connection {
        final TestConnection inner = new TestConnection();

        @Override
        public String id() {
            return inner.id();
        }

        @Override
        public String remote() {
            return inner.remote();
        }

        @Override
        public boolean offer(WireFrame frame) {
            throw new IllegalStateException("planted");
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public void setReading(boolean reading) {}

        @Override
        public void close(CloseReason reason) {
            inner.close(reason);
        }
    }
}
