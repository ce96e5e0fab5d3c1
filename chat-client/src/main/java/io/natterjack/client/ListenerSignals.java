package io.natterjack.client;

import io.natterjack.core.wire.ServerSignal;
import java.util.function.Consumer;

/** Tells the client's listener of what may get lost and is about no joined room. */
final class ListenerSignals implements Consumer<ServerSignal> {
    private final ClientListener listener;

    ListenerSignals(ClientListener listener) {
        this.listener = listener;
    }

    @Override
    public void accept(ServerSignal signal) {
        if (signal instanceof ServerSignal.Bump bump) {
            listener.onBump(bump.room(), bump.head(), bump.sender(), bump.preview());
        } else if (signal instanceof ServerSignal.Standing standing) {
            listener.onStanding(standing.room(), standing.change(), standing.by());
        } else if (signal instanceof ServerSignal.Presence presence) {
            listener.onPresence(presence.user(), presence.state());
        } else if (signal instanceof ServerSignal.Notified notified) {
            listener.onNotifications(notified.room(), notified.notifications());
        } else if (signal instanceof ServerSignal.Called called) {
            listener.onCall(called.room(), called.from(), called.signal());
        }
    }
}
