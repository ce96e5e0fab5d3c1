package io.natterjack.core.wire;

import io.natterjack.core.Value;
import java.util.List;

/** I am. */
public final class Pong extends Value implements ClientFrame, ServerFrame {
    /**
     * Makes a frame.
     */
    public Pong() {}

    /** Returns 0: no reply is matched to it. */
    @Override
    public int id() {
        return 0;
    }

    @Override
    public <R> R handle(ServerFrame.Handler<R> handler) {
        return handler.pong(this);
    }

    @Override
    public <R> R handle(ClientFrame.Handler<R> handler) {
        return handler.pong(this);
    }

    @Override
    protected List<?> parts() {
        return List.of();
    }
}
