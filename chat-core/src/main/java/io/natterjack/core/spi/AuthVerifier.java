package io.natterjack.core.spi;

import java.util.concurrent.CompletionStage;

/**
 * Decides from a token who somebody is.
 *
 * <p><b>Threads.</b> Called on a lane that other sessions share: it must not block. What takes time (a call to another
 * service) goes on elsewhere and completes the stage later, on any thread; calls may overlap. A connection has one request
 * under way at most.
 *
 * <p><b>Errors.</b> Whom it doesn't know it refuses with a result. A stage that fails, a method that throws, and no answer
 * within 10 seconds mean that it can't tell now: the client is told to come back.
 */
@FunctionalInterface
public interface AuthVerifier {
    /** Verifies the token at the beginning of a session, and again each time that the client brings a newer one. */
    CompletionStage<AuthResult> verify(AuthRequest request);
}
