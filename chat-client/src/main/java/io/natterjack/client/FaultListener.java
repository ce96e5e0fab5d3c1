package io.natterjack.client;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.ConnectionListener;

/** Hears also what was wrong with what the peer sent, if that is why a connection ends. */
interface FaultListener extends ConnectionListener {
    /** The peer sent what isn't taken, as {@code fault} says. {@link #closed} follows: the peer didn't say that all is over. */
    void faulty(CloseReason fault);
}
