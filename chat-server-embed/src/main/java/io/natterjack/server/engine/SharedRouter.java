package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.server.node.NodeText;
import io.natterjack.server.node.Nodes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A {@link RoomRouter} for the sessions of one node among several: tells the other nodes of what this one commits, and takes from them as
 * hints what they commit. What a hint would have said and nobody heard, {@link Sweep} finds; order and holes are {@link RoomFeed}'s.
 *
 * <pre>
 *   ev   room epoch last access?         the ev frame    small ones
 *   at   room epoch last                                 large ones: who cares reads the store
 * </pre>
 *
 * <p><b>Threads.</b> As {@link LocalRouter}.
 */
public final class SharedRouter implements RoomRouter {
    /** Beyond this many bytes it is cheaper that those who need it read it. */
    private static final int MAX_INLINE_BYTES = 16 << 10;

    private static final String EVENTS = "ev";
    private static final String MOVED = "at";
    private static final String ACCESS = "1";

    private final LocalRouter local;
    private final Nodes nodes;
    private final List<Predicate<RoomId>> interests = new CopyOnWriteArrayList<>();

    /** Puts the other nodes behind {@code local}. */
    public SharedRouter(LocalRouter local, Nodes nodes) {
        this.local = local;
        this.nodes = nodes;
        nodes.on(EVENTS, this::eventsElsewhere);
        nodes.on(MOVED, text -> local.moved(new RoomId(text.field(0)), new Cursor(text.number(1), text.number(2))));
    }

    /** Has observers hear of rooms that {@code interest} holds for, also where nobody is attached to them here. */
    public void alsoOf(Predicate<RoomId> interest) {
        interests.add(interest);
    }

    /** Tells whether somebody here cares for what happens in the room. */
    public boolean isWanted(RoomId room) {
        return local.isAttached(room) || interests.stream().anyMatch(interest -> interest.test(room));
    }

    /** What nobody here cares for isn't even decoded. */
    private void eventsElsewhere(NodeText text) {
        RoomId room = new RoomId(text.field(0));
        boolean changesAccess = text.field(3).equals(ACCESS);
        if (!changesAccess && !isWanted(room)) {
            local.known().add(room, new Cursor(text.number(1), text.number(2)));
            return;
        }
        if (FrameCodec.decodeServer(text.payload()).orElse(null) instanceof ServerFrame.Ev frame) {
            local.published(frame.events());
        }
    }

    @Override
    public void committed(List<RoomEvent> events) {
        Map<RoomId, List<RoomEvent>> byRoom = LocalRouter.byRoom(events);
        local.published(events, byRoom);
        if (nodes.isConnected()) {
            byRoom.forEach(this::publish);
        }
    }

    private void publish(RoomId room, List<RoomEvent> events) {
        long epoch = events.get(0).at().epoch();
        String last = String.valueOf(events.get(events.size() - 1).seq());
        long bytes = events.stream().mapToLong(RoomEvent::size).sum();
        if (bytes > MAX_INLINE_BYTES) {
            nodes.publish(room.value(), NodeText.of(MOVED, "", room.value(), String.valueOf(epoch), last));
            return;
        }
        WireFrame frame = FrameCodec.encode(new ServerFrame.Ev(room, epoch, events));
        boolean changesAccess = events.stream().anyMatch(event -> event.kind().changesAccess());
        nodes.publish(
                room.value(),
                NodeText.of(
                        EVENTS, frame.text(), room.value(), String.valueOf(epoch), last, changesAccess ? ACCESS : ""));
    }

    @Override
    public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
        return local.attach(room, sink);
    }

    @Override
    public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
        return local.follow(room, sink, seq);
    }

    @Override
    public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
        return local.detach(room, sink);
    }

    @Override
    public void observe(Consumer<List<RoomEvent>> observer) {
        local.observe(observer);
    }

    @Override
    public void changed(RoomId room) {
        local.changed(room);
    }

    @Override
    public void close() {
        local.close();
    }
}
