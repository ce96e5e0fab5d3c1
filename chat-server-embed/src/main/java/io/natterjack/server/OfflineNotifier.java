package io.natterjack.server;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;

/**
 * Reaches members who aren't connected: by FCM, APNs, e-mail. Called at least once a message and member, but for those who have muted the
 * room, have blocked its author, or aren't mentioned and want to hear of mentions alone. It may be called again for a message after a crash;
 * and if it throws for one member, a second later, for those too of whom it was told before. A room that nobody created has no members unless
 * the application adds them.
 *
 * <p><b>Threads.</b> As for {@link EventListener}, on threads of its own: each room's messages in their order, and it may block.
 */
@FunctionalInterface
public interface OfflineNotifier {
    /**
     * Somebody who isn't there has a message.
     *
     * @param mentioned whether it mentions them
     */
    void notify(UserId user, RoomEvent message, boolean mentioned) throws Exception;
}
