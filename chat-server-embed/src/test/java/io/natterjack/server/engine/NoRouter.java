package io.natterjack.server.engine;

import io.natterjack.core.Cursor;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.RoomRouter;
import io.natterjack.core.spi.RoomSink;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Delivers nothing. */
class NoRouter implements RoomRouter {
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
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void committed(List<RoomEvent> events) {}

    @Override
    public void changed(RoomId room) {}

    @Override
    public void close() {}
}
