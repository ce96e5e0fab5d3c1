package io.natterjack.server.session;

import io.natterjack.core.wire.Limits;
import java.time.Duration;

/**
 * What sessions are allowed and how long they may take.
 *
 * @param limits what {@code welcome} tells the client
 * @param helloTimeout how long a new connection may take to say {@code hello}
 * @param authTimeout how long the verifier may take
 * @param heartbeat after how long a silence the server pings
 * @param pongTimeout how long the answer may take
 * @param maxRooms how many rooms one session may have joined
 * @param maxReplay how many missed events are replayed; more make a gap
 * @param pageBytes where a page or a part of a replay ends
 */
public record SessionSettings(
        Limits limits,
        Duration helloTimeout,
        Duration authTimeout,
        Duration heartbeat,
        Duration pongTimeout,
        int maxRooms,
        int maxReplay,
        int pageBytes) {
    /** What docs/protocol.md calls the defaults. */
    public static SessionSettings defaults(Limits limits, int pageBytes) {
        return new SessionSettings(
                limits,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                1_000,
                2_000,
                pageBytes);
    }
}
