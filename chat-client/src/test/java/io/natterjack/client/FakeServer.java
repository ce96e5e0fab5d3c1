package io.natterjack.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import io.natterjack.testkit.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A server that says what a test tells it to say, over connections without a network. For one thread. */
final class FakeServer implements Connector {
    private final ManualScheduler time;
    private final List<End> connections = new ArrayList<>();
    private BiConsumer<End, ClientFrame> script = (end, frame) -> end.unread.add(frame);
    private boolean reachable = true;
    private String reason = "nobody listens";
    private int attempts;

    FakeServer(ManualScheduler time) {
        this.time = time;
    }

    /** Lets connections be made, or not. */
    void setReachable(boolean reachable) {
        this.reachable = reachable;
    }

    /** Lets no connection be made, for that reason. */
    void setUnreachable(String why) {
        reachable = false;
        reason = why;
    }

    /** Has frames handled by {@code script} instead of being kept for {@link End#next}. */
    void script(BiConsumer<End, ClientFrame> script) {
        this.script = script;
    }

    @Override
    public CompletionStage<Connection> connect(URI server, Duration timeout, ConnectionHandler handler) {
        attempts++;
        CompletableFuture<Connection> connected = new CompletableFuture<>();
        time.execute(() -> {
            if (reachable) {
                End end = new End();
                connections.add(end);
                end.listener = handler.opened(end.client);
                connected.complete(end.client);
            } else {
                connected.completeExceptionally(new TransportException(reason));
            }
        });
        return connected;
    }

    int attempts() {
        return attempts;
    }

    int connections() {
        return connections.size();
    }

    /** Returns the connection made as number {@code index}, from 0. */
    End connection(int index) {
        assertThat(connections).as("connections").hasSizeGreaterThan(index);
        return connections.get(index);
    }

    End last() {
        return connection(connections.size() - 1);
    }

    /** The server's end of a connection. */
    final class End {
        private final Client client = new Client();
        private final Deque<ClientFrame> unread = new ArrayDeque<>();
        private final Deque<String> held = new ArrayDeque<>();
        private ConnectionListener listener;
        private Optional<CloseReason> closedByClient = Optional.empty();
        private boolean reading = true;
        private boolean open = true;

        boolean isOpen() {
            return open;
        }

        boolean isRead() {
            return reading;
        }

        /** Returns what the client closed with, if it did. */
        Optional<CloseReason> closedByClient() {
            return closedByClient;
        }

        /** Returns the oldest frame that no call has returned, which must be of that type. */
        <T extends ClientFrame> T next(Class<T> type) {
            time.runAll();
            assertThat(unread).as("frames of the client").isNotEmpty();
            ClientFrame frame = unread.remove();
            assertThat(frame).isInstanceOf(type);
            return type.cast(frame);
        }

        boolean hasNext() {
            return !unread.isEmpty();
        }

        /** Makes sure that {@link #next} has nothing to return. */
        void expectNothing() {
            time.runAll();
            assertThat(unread).isEmpty();
        }

        void say(ServerFrame frame) {
            sayText(FrameCodec.encode(frame).text());
        }

        void sayText(String text) {
            queue(text);
            time.runAll();
        }

        /** Says something without letting time run: for a script. */
        void queue(String text) {
            if (open) {
                held.add(text);
                deliver();
            }
        }

        private void deliver() {
            while (open && reading && !held.isEmpty()) {
                String text = held.remove();
                time.execute(() -> {
                    if (open) {
                        listener.received(text);
                    }
                });
            }
        }

        /** Ends the connection as the server does, after what it said before. */
        void close(CloseReason reason) {
            cut(reason);
            time.runAll();
        }

        /** The same, without letting time run. */
        void cut(CloseReason reason) {
            if (open) {
                time.execute(() -> {
                    if (open) {
                        open = false;
                        listener.closed(reason);
                    }
                });
            }
        }

        private final class Client implements Connection {
            @Override
            public String id() {
                return "fake";
            }

            @Override
            public String remote() {
                return "fake";
            }

            @Override
            public boolean offer(WireFrame frame) {
                if (!open || closedByClient.isPresent()) {
                    return false;
                }
                script.accept(End.this, FrameCodec.decodeClient(frame.text()));
                return true;
            }

            @Override
            public long queuedBytes() {
                return 0;
            }

            @Override
            public void setReading(boolean wanted) {
                reading = wanted;
                deliver();
            }

            @Override
            public void close(CloseReason reason) {
                if (!closedByClient.isPresent()) {
                    closedByClient = Optional.of(reason);
                    cut(reason);
                }
            }
        }
    }
}
