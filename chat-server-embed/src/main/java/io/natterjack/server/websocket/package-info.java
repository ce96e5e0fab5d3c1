/** WebSocket over sockets of our own, with Java-WebSocket as handshake and frame codec. */
@NullMarked
package io.natterjack.server.websocket;

import org.jspecify.annotations.NullMarked;
