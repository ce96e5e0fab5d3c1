package io.natterjack.examples.console;

import io.natterjack.client.TokenSource;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.wire.ClientFrame;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for. What is wrong is refused with an {@link IllegalArgumentException} that names the option.
 *
 * @param rooms joined at once, without repetition; the last is the one that lines go to
 * @param tail how many messages of the past a joined room shows
 * @param log where facts are written for programs to read
 * @param drainTimeout how long the end waits for what was sent
 */
record Settings(
        URI url,
        TokenSource tokens,
        List<RoomId> rooms,
        Optional<DeviceId> device,
        int tail,
        Optional<Path> log,
        Duration drainTimeout) {
    private static final Duration MAX_DRAIN_TIMEOUT = Duration.ofDays(1);

    Settings {
        if (!("ws".equals(url.getScheme()) || "wss".equals(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("--url must be ws://HOST:PORT/chat or wss://HOST/chat, was " + url);
        }
        rooms = List.copyOf(rooms);
        if (tail < 0 || tail > ClientFrame.MAX_TAIL) {
            throw new IllegalArgumentException("--tail must be 0 to " + ClientFrame.MAX_TAIL + ", was " + tail);
        }
        if (drainTimeout.isNegative() || drainTimeout.compareTo(MAX_DRAIN_TIMEOUT) > 0) {
            throw new IllegalArgumentException("--drain-timeout must be 0 to " + MAX_DRAIN_TIMEOUT.toSeconds()
                    + ", was " + drainTimeout.toSeconds());
        }
    }
}
