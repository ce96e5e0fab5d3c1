package io.natterjack.client;

import io.natterjack.core.wire.ServerFrame;

/**
 * What waits for the server's one answer to a frame. If the connection ends first neither method is called: whoever asked
 * is told of the next connection, and asks again there if it still wants to know. Lane only.
 */
interface Request {
    /** The server did it. */
    void answered(ServerFrame answer);

    /** The server didn't; {@code refusal.retry()} says whether the same may be asked again. */
    void refused(ServerFrame.Refused refusal);
}
