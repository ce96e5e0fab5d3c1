package io.natterjack.testkit;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.ConnectionListener;

/** Passes every call on; a test overrides what it wants to be different. */
public class ForwardingListener implements ConnectionListener {
    private final ConnectionListener listener;

    /** Makes a listener in front of {@code listener}. */
    public ForwardingListener(ConnectionListener listener) {
        this.listener = listener;
    }

    @Override
    public void heard() {
        listener.heard();
    }

    @Override
    public void received(String text) {
        listener.received(text);
    }

    @Override
    public void drained() {
        listener.drained();
    }

    @Override
    public void closed(CloseReason reason) {
        listener.closed(reason);
    }
}
