package io.natterjack.core.wire;

/**
 * One unit of the chat protocol, a JSON object in one WebSocket text message; docs/protocol.md shows each.
 *
 * <p>A request may carry an {@code id} that the client chose; its one answer carries the same.
 */
public sealed interface Frame permits ClientFrame, ServerFrame {
    /** The largest request id. */
    int MAX_ID = Integer.MAX_VALUE;

    /** The WebSocket subprotocol that stands for version 1. */
    String SUBPROTOCOL = "chat.v1.json";
}
