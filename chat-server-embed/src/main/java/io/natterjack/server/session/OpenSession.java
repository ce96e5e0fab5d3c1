package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;

/** A session as a whole, as those see it who answer what its client asks for. Called on its lane. */
interface OpenSession {
    void send(ServerFrame frame);

    void renew(ClientFrame.Auth frame);

    void end(CloseReason reason);
}
