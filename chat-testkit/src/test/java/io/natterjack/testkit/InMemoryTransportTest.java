package io.natterjack.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Transport;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class InMemoryTransportTest extends TransportContract {
    private static final ExecutorService THREADS =
            Executors.newFixedThreadPool(2, task -> new Thread(task, "chat-test-memory"));

    private InMemoryTransport transport = new InMemoryTransport(THREADS);

    @AfterAll
    static void endThreads() {
        THREADS.shutdownNow();
    }

    @Override
    protected Transport transport() {
        transport = new InMemoryTransport(THREADS);
        return transport;
    }

    @Override
    protected Connector connector() {
        return transport.connector();
    }

    @Override
    protected URI uri(Transport started) {
        return InMemoryTransport.uri();
    }

    @Test
    void onAManualSchedulerNothingHappensUntilTheTestSaysSo() {
        ManualScheduler time = new ManualScheduler();
        InMemoryTransport manual = new InMemoryTransport(time);
        RecordingHandler serverSide = new RecordingHandler();
        RecordingHandler clientSide = new RecordingHandler();
        manual.start(serverSide);
        manual.connector().connect(InMemoryTransport.uri(), Duration.ofSeconds(1), clientSide);
        assertThat(clientSide.all()).isEmpty();

        time.runAll();
        RecordingListener client = clientSide.all().get(0);
        RecordingListener server = serverSide.all().get(0);
        client.connection().offer(WireFrame.text("hello"));
        assertThat(server.received()).isEmpty();

        time.runAll();
        assertThat(server.received()).containsExactly("hello");

        manual.cutConnections();
        time.runAll();
        assertThat(server.closed()).contains(CloseReason.ABNORMAL);
        assertThat(client.closed()).contains(CloseReason.ABNORMAL);
        manual.close();
    }
}
