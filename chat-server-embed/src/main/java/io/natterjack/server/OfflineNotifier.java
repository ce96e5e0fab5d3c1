package io.natterjack.server;

import io.natterjack.core.RoomEvent;
import io.natterjack.core.UserId;

/**
 * Reaches members who aren't connected: by FCM, APNs, e-mail. Called once a message and member, but for those who have muted the room, have
 * blocked its author, or aren't mentioned and want to hear of mentions alone; at least once across restarts.
 *
 * <p><b>Threads.</b> As for {@link EventListener}: each room's messages in their order, and it may block.
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
