package io.natterjack.server.session;

import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The host's own look at what a client is about to change.
 *
 * <p><b>Threads.</b> Any; doesn't block.
 */
public interface Interception {
    /** Lets everything pass. */
    Interception NONE = new Interception() {
        @Override
        public boolean isNone() {
            return true;
        }

        @Override
        public CompletionStage<Verdict> before(Principal who, DeviceId device, Draft draft, RoomView room) {
            return CompletableFuture.completedFuture(Verdict.pass(draft));
        }
    };

    /** Tells whether everything passes without being looked at. */
    boolean isNone();

    /** Looks at a change. The stage never fails, and completes within a time limit, on any thread. */
    CompletionStage<Verdict> before(Principal who, DeviceId device, Draft draft, RoomView room);
}
