package io.natterjack.server.session;

import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import java.util.Set;

/**
 * One client that is let in. {@code io.natterjack.server.Session} is what applications see of it.
 *
 * @param since when, Unix milliseconds
 * @param remote the client's address
 * @param rooms those that are joined
 * @param queuedBytes how many bytes wait to be taken by the client
 */
public record SessionInfo(
        SessionId id, UserId user, DeviceId device, long since, String remote, Set<RoomId> rooms, long queuedBytes) {}
