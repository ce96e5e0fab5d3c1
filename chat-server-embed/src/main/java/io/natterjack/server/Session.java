package io.natterjack.server;

import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import java.time.Instant;
import java.util.Set;

/**
 * One client that is connected now.
 *
 * @param id names the session; whoever has it could take it over, so it stays secret
 * @param since when it was let in
 * @param remote its address
 * @param rooms those that it has joined; empty for those of another node that has so many that the list would be too long
 * @param queuedBytes how many bytes wait to be taken by it
 */
public record Session(
        SessionId id, UserId user, DeviceId device, Instant since, String remote, Set<RoomId> rooms, long queuedBytes) {

    @Override
    public String toString() {
        return "Session[" + user + " on " + device + " since " + since + " from " + remote + "]";
    }
}
