package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Transport;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What every {@link Transport} must do that listens on a port: all of {@link TransportContract}, and to treat ports well. */
public abstract class PortTransportContract extends TransportContract {
    /** For extending. */
    protected PortTransportContract() {}

    /** Makes a transport that isn't started, on the given port of 127.0.0.1; 0 for any free one. See {@link #transport}. */
    protected abstract Transport transportOn(int port);

    @Override
    protected final Transport transport() {
        return transportOn(0);
    }

    @Override
    protected URI uri(Transport started) {
        return URI.create("ws://127.0.0.1:" + started.port() + "/chat");
    }

    @Test
    void aTakenPortIsNamedInTheFailure() {
        Transport second = transportOn(server().port());
        assertThatThrownBy(() -> second.start(serverSide()))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining(String.valueOf(server().port()));
        second.close();
        assertTalking(connect());
    }

    @Test
    void thePortIsFreeAgainAfterClose() {
        int port = server().port();
        for (int i = 0; i < 5; i++) {
            assertTalking(connect());
            server().close();
            replaceServer(transportOn(port));
            assertThat(server().port()).isEqualTo(port);
        }
    }
}
