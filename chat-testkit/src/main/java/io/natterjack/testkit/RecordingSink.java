package io.natterjack.testkit;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.spi.RoomSink;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * A sink that keeps what it gets, and fails if a frame isn't its events or a seq doesn't follow.
 *
 * <p><b>Threads.</b> Any; guarded by this.
 */
public final class RecordingSink implements RoomSink {
    private final List<RoomEvent> events = new ArrayList<>();
    private final List<WireFrame> frames = new ArrayList<>();

    /** Makes a sink that has nothing. */
    public RecordingSink() {}

    @Override
    public synchronized void events(List<RoomEvent> next, WireFrame frame) {
        ServerFrame.Ev ev =
                (ServerFrame.Ev) FrameCodec.decodeServer(frame.text()).orElseThrow();
        if (!ev.events().equals(next)) {
            throw new AssertionError("the frame has other events than the list");
        }
        for (RoomEvent event : next) {
            if (!events.isEmpty()
                    && event.seq() != events.get(events.size() - 1).seq() + 1) {
                throw new AssertionError(
                        event.seq() + " after " + events.get(events.size() - 1).seq());
            }
            events.add(event);
        }
        frames.add(frame);
    }

    /** Returns all events so far. */
    public synchronized List<RoomEvent> events() {
        return List.copyOf(events);
    }

    /** Returns the seqs of all events so far. */
    public synchronized List<Long> seqs() {
        return events.stream().map(RoomEvent::seq).toList();
    }

    /** Returns the frames so far. */
    public synchronized List<WireFrame> frames() {
        return List.copyOf(frames);
    }
}
