package io.natterjack.examples.campaign;

import io.natterjack.client.ClientListener;
import io.natterjack.client.ClientState;

/**
 * When a client lost its connection, and when it was let in again.
 *
 * <p><b>Threads.</b> Written by the client's listener executor, read by any.
 */
final class Comeback implements ClientListener {
    private volatile boolean online;
    private volatile long lostAt;
    private volatile long onlineAt;

    @Override
    public void onState(ClientState state) {
        long now = System.nanoTime();
        if (state == ClientState.ONLINE) {
            onlineAt = now;
            online = true;
        } else if (online) {
            lostAt = now;
            online = false;
        }
    }

    boolean isOnline() {
        return online;
    }

    /** Tells whether it has lost its connection since {@code nanos}. */
    boolean wasLostSince(long nanos) {
        return lostAt - nanos >= 0 && lostAt != 0;
    }

    /** Tells whether it has lost its connection since {@code nanos}, and is back. */
    boolean isBackSince(long nanos) {
        return wasLostSince(nanos) && online;
    }

    /** Returns when it was let in the last time, in nanoseconds. */
    long onlineAt() {
        return onlineAt;
    }
}
