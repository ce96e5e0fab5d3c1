package io.natterjack.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AcceptorTest {
    private static final long NOW = Long.MAX_VALUE - 5;

    private final List<SocketChannel> accepted = new ArrayList<>();
    private int failures;
    private int waiting;
    private final Acceptor acceptor = new Acceptor(this::next, 100);

    private SocketChannel next() throws IOException {
        if (failures > 0) {
            failures--;
            throw new IOException("Too many open files");
        }
        return waiting-- > 0 ? SocketChannel.open() : null;
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel each : accepted) {
            each.close();
        }
    }

    @Test
    void itPausesWhenTheSystemRefusesAndThenGoesOn() {
        failures = 1;
        waiting = 2;
        acceptor.accept(NOW, 10, accepted::add);
        assertThat(accepted).isEmpty();
        assertThat(acceptor.isReady(NOW)).isFalse();
        assertThat(acceptor.nanosToReady(NOW, Long.MAX_VALUE)).isEqualTo(Acceptor.PAUSE_NANOS);
        assertThat(acceptor.isReady(NOW + Acceptor.PAUSE_NANOS - 1)).isFalse();

        assertThat(acceptor.isReady(NOW + Acceptor.PAUSE_NANOS)).isTrue();
        acceptor.accept(NOW + Acceptor.PAUSE_NANOS, 10, accepted::add);
        assertThat(accepted).hasSize(2);
        assertThat(acceptor.isReady(NOW + Acceptor.PAUSE_NANOS)).isTrue();
    }

    @Test
    void itTakesACrowdAFewAtATime() {
        waiting = 1_000;
        for (int i = 0; i < 10; i++) {
            acceptor.accept(NOW, 1_000, accepted::add);
        }
        assertThat(accepted).hasSize(100);
        assertThat(acceptor.isReady(NOW)).isFalse();

        long later = NOW + acceptor.nanosToReady(NOW, Long.MAX_VALUE);
        assertThat(acceptor.isReady(later)).isTrue();
        acceptor.accept(later, 1_000, accepted::add);
        assertThat(accepted).hasSize(101);
        long muchLater = later + 1_000_000_000;
        acceptor.accept(muchLater, 1_000, accepted::add);
        acceptor.accept(muchLater, 1_000, accepted::add);
        assertThat(accepted).hasSize(201);
    }

    @Test
    void itAcceptsNoMoreThanThereIsRoomFor() {
        waiting = 5;
        acceptor.accept(NOW, 3, accepted::add);
        assertThat(accepted).hasSize(3);
    }
}
