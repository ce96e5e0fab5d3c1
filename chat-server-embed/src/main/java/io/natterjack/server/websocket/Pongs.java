package io.natterjack.server.websocket;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Answers pings with one pong at a time: while one waits to be sent, only the latest further ping is remembered. So somebody
 * who pings and doesn't read makes nothing grow.
 *
 * <p><b>Threads.</b> {@code chat-io} only.
 */
final class Pongs {
    private final Outbox outbox;
    private ByteBuffer waiting = ByteBuffer.allocate(0);
    private Optional<ByteBuffer> owed = Optional.empty();

    Pongs(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Answers a ping now or later. */
    void owe(ByteBuffer payload) {
        owed = Optional.of(payload);
        settle();
    }

    /** Puts the pong that is owed, if any, into the outbox, unless an earlier one is in there. */
    void settle() {
        if (owed.isPresent() && !waiting.hasRemaining()) {
            waiting = ServerFrames.pong(owed.get());
            owed = Optional.empty();
            outbox.addControl(waiting);
        }
    }
}
