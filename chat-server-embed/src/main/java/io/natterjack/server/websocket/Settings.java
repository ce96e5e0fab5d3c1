package io.natterjack.server.websocket;

import java.time.Duration;

/** What the builder was told; see there. */
record Settings(
        String host,
        int port,
        String path,
        int maxFrameBytes,
        long maxQueuedBytes,
        long lowMark,
        int maxConnections,
        Duration handshakeTimeout,
        Duration closeTimeout,
        int maxHandshakeBytes,
        int backlog) {}
