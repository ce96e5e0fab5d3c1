package io.natterjack.examples.integration;

import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.RoomId;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.testkit.HttpClientConnector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** One client that says frames to a real server, one after the other, through the WebSocket client of the JDK. */
final class Talk implements AutoCloseable {
    private static final long SECONDS = 10;

    private final Connection connection;
    private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
    private final List<ServerFrame> seen = new CopyOnWriteArrayList<>();
    private int lastId = 1;

    /** Says hello with the user's name as the token, and waits for the welcome. */
    Talk(HttpClientConnector connector, URI server, String user) throws Exception {
        this(connector, server, user, user + "-device");
    }

    Talk(HttpClientConnector connector, URI server, String user, String device) throws Exception {
        connection = connector
                .connect(server, Duration.ofSeconds(SECONDS), opened -> new Hearing(opened))
                .toCompletableFuture()
                .get(SECONDS, TimeUnit.SECONDS);
        say(new ClientFrame.Hello(1, user, new DeviceId(device), Optional.empty(), List.of()));
        await(ServerFrame.Welcome.class, welcome -> true);
    }

    private final class Hearing implements ConnectionListener {
        private final Connection source;

        Hearing(Connection source) {
            this.source = source;
        }

        @Override
        public void received(String text) {
            FrameCodec.decodeServer(text).ifPresent(frame -> {
                if (frame instanceof Ping) {
                    source.offer(FrameCodec.encode((ClientFrame) new Pong()));
                } else {
                    seen.add(frame);
                    frames.add(frame);
                }
            });
        }

        @Override
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {}
    }

    void say(ClientFrame frame) {
        connection.offer(FrameCodec.encode(frame));
    }

    /** Asks, and returns the frame that answers. */
    ServerFrame ask(IntFunction<ClientFrame> frame) throws Exception {
        int id = ++lastId;
        say(frame.apply(id));
        return await(ServerFrame.class, answer -> answer.id() == id);
    }

    /** Joins a room, and returns the answer. */
    ServerFrame join(RoomId room) throws Exception {
        return ask(id -> new ClientFrame.Join(id, room, Optional.empty(), 0));
    }

    /** Returns the next frame of that kind that fits; those before it are gone. */
    <F extends ServerFrame> F await(Class<F> type, Predicate<F> fits) throws Exception {
        while (true) {
            ServerFrame frame = frames.poll(SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no " + type.getSimpleName() + " that fits came; there were " + seen);
            }
            if (type.isInstance(frame) && fits.test(type.cast(frame))) {
                return type.cast(frame);
            }
        }
    }

    /** Returns all that came until now. */
    List<ServerFrame> seen() {
        return seen;
    }

    @Override
    public void close() {
        connection.close(CloseReason.NORMAL);
    }
}
