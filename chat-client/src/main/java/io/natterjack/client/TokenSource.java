package io.natterjack.client;

import java.util.concurrent.CompletionStage;

/**
 * Brings the token that proves to the server who the user is.
 *
 * <p><b>Threads.</b> Called on the client's listener executor, never twice at once for one purpose; must not block longer
 * than a listener may. The stage may complete on any thread.
 *
 * <p><b>Errors.</b> A stage that fails, a method that throws and no answer within 30 seconds mean that there is no token
 * now: the client asks again after a pause, for as long as it takes.
 */
@FunctionalInterface
public interface TokenSource {
    /**
     * Returns a token, at most 8 KiB of UTF-8. Called before each connection, and when the server says that the token of a
     * live connection is about to expire; a token that was returned before is of use only if it is still good.
     */
    CompletionStage<String> token();
}
