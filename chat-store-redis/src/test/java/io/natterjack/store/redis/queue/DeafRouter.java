package io.natterjack.store.redis.queue;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Delivers nothing to anybody. */
final class DeafRouter implements RoomRouter {
    @Override
    public void committed(List<RoomEvent> events) {}

    @Override
    public void changed(RoomId room) {}

    @Override
    public CompletionStage<Cursor> attach(RoomId room, RoomSink sink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Progress> follow(RoomId room, RoomSink sink, long seq) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> detach(RoomId room, RoomSink sink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
