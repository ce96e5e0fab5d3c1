package io.natterjack.server.session;

import io.natterjack.core.ErrorCode;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.Optional;

/** Answers that say no, as the requests of a client return them. */
final class Refusals {
    /** When to try again what can't be done for now. */
    static final Duration LATER = Duration.ofSeconds(1);

    private Refusals() {}

    static Optional<ServerFrame> refused(int requestId, ErrorCode code, String message) {
        return Optional.of(ServerFrame.Refused.of(requestId, code, message));
    }

    static Optional<ServerFrame> refused(int requestId, ErrorCode code, Duration retry) {
        return Optional.of(new ServerFrame.Refused(
                requestId, code, Optional.empty(), Optional.of(retry), Optional.empty(), Optional.empty()));
    }

    /** The store can't be asked for now. */
    static Optional<ServerFrame> unavailable(int requestId) {
        return refused(requestId, ErrorCode.UNAVAILABLE, LATER);
    }
}
