package io.natterjack.server.websocket;

import java.time.Duration;

/**
 * What the builder was told; see there.
 *
 * @param sendBufferBytes 0 for what the system thinks best
 * @param isSafeOutside whether it may be reached from other machines
 */
record Settings(
        String host,
        int port,
        String path,
        int ioThreads,
        int backlog,
        int sendBufferBytes,
        OriginPolicy origins,
        TrustedProxies proxies,
        boolean isSafeOutside,
        Limits limits) {
    /** What peers may do. */
    record Limits(
            int frameBytes,
            long queuedBytes,
            long lowMark,
            long totalQueuedBytes,
            long totalUnfinishedBytes,
            int connections,
            int connectionsPerAddress,
            int handshakeBytes,
            Duration handshakeTime,
            Duration closeTime) {}
}
