package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries frames as WebSocket text messages (RFC 6455) over sockets of its own, without TLS: that ends at a proxy in front.
 *
 * <p>Nothing that a peer does costs more than its own connection: messages, handshakes and what waits to be sent are bounded
 * in size, and handshakes and endings in time. Compression isn't offered. A peer that breaks a rule hears why in its close
 * frame (1002, 1003, 1007, 1009), a request that isn't for a WebSocket gets a short HTTP answer.
 *
 * <p><b>Threads.</b> One thread named {@code chat-io} does all I/O and calls the handler and the listeners. Any thread may
 * call the methods here, though the thread {@code chat-io} must not: it would wait for itself.
 */
public final class JavaWebSocketTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(JavaWebSocketTransport.class);
    private static final long STOP_MILLIS = 10_000;

    private final Settings settings;
    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable IoLoop loop;
    private int port;
    private boolean closed;

    private JavaWebSocketTransport(Settings settings) {
        this.settings = settings;
    }

    /** Begins a transport; all settings have defaults. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void start(ConnectionHandler handler) {
        synchronized (lock) {
            if (closed || loop != null) {
                throw new IllegalStateException("a transport is started once");
            }
            IoLoop started = listen(handler);
            new Thread(started, "chat-io").start();
            loop = started;
        }
    }

    private IoLoop listen(ConnectionHandler handler) {
        String address = settings.host() + ":" + settings.port();
        ServerSocketChannel listening = null;
        Selector selector = null;
        try {
            InetSocketAddress wanted = new InetSocketAddress(settings.host(), settings.port());
            if (wanted.isUnresolved()) {
                throw new TransportException("can't listen on " + address + ": unknown host");
            }
            Rehearsal.run();
            listening = ServerSocketChannel.open();
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listening.bind(wanted, settings.backlog());
            listening.configureBlocking(false);
            selector = Selector.open();
            port = listening.socket().getLocalPort();
            return new IoLoop(settings, handler, listening, selector, System::nanoTime);
        } catch (IOException failure) {
            closeQuietly(listening);
            closeQuietly(selector);
            throw new TransportException("can't listen on " + address + ": " + failure.getMessage(), failure);
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception nothingToDo) {
            LOG.debug("Something didn't close cleanly", nothingToDo);
        }
    }

    /** {@inheritDoc} 0 before the start. */
    @Override
    public int port() {
        synchronized (lock) {
            return port;
        }
    }

    @Override
    public int maxFrameBytes() {
        return settings.maxFrameBytes();
    }

    @Override
    public long lowMark() {
        return settings.lowMark();
    }

    @Override
    public void stopAccepting() {
        IoLoop running = loop();
        if (running != null) {
            running.stopAccepting();
            await("stop listening", () -> running.awaitDeaf(STOP_MILLIS));
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        IoLoop running = loop();
        if (running != null) {
            running.stop();
            await("end", () -> running.awaitEnd(STOP_MILLIS));
        }
    }

    private @Nullable IoLoop loop() {
        synchronized (lock) {
            return loop;
        }
    }

    private interface Waiting {
        boolean run() throws InterruptedException;
    }

    private static void await(String what, Waiting waiting) {
        try {
            if (!waiting.run()) {
                LOG.warn("The thread chat-io takes long to {}: a listener blocks it", what);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The settings of a transport. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

        private String host = "127.0.0.1";
        private int port;
        private String path = "/chat";
        private int maxFrameBytes = 64 * 1024;
        private long maxQueuedBytes = 1024 * 1024;
        private long lowMark = -1;
        private int maxConnections = 10_000;
        private Duration handshakeTimeout = Duration.ofSeconds(5);
        private Duration closeTimeout = Duration.ofSeconds(2);
        private int maxHandshakeBytes = 8 * 1024;
        private int backlog = 1_024;

        private Builder() {}

        /** Sets the name or address to listen on. Default 127.0.0.1; {@code 0.0.0.0} for all of IPv4. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** Sets the port, 0 to 65535. Default 0: any free one, see {@link Transport#port}. */
        public Builder port(int port) {
            this.port = (int) requireRange("port", port, 0, 65_535);
            return this;
        }

        /** Sets the path that clients ask for, beginning with a slash. Default {@code /chat}. */
        public Builder path(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("path must begin with a slash");
            }
            this.path = path;
            return this;
        }

        /**
         * Sets the largest message that is taken, in bytes of UTF-8 over all of its fragments, 125 to 16 MiB. Default 64 KiB.
         * A larger one ends its connection with {@link CloseReason#MESSAGE_TOO_BIG}.
         */
        public Builder maxFrameBytes(int bytes) {
            this.maxFrameBytes = (int) requireRange("maxFrameBytes", bytes, 125, MAX_FRAME_BYTES);
            return this;
        }

        /** Sets how many bytes may wait unsent for one connection, 1 KiB or more, headers included. Default 1 MiB. */
        public Builder maxQueuedBytes(long bytes) {
            this.maxQueuedBytes = requireRange("maxQueuedBytes", bytes, 1_024, Integer.MAX_VALUE);
            return this;
        }

        /** Sets {@link Transport#lowMark}, 1 to {@code maxQueuedBytes}. Default a quarter of that. */
        public Builder lowMark(long bytes) {
            this.lowMark = requireRange("lowMark", bytes, 1, Integer.MAX_VALUE);
            return this;
        }

        /** Sets how many connections may be open at once; further ones wait in the backlog. Default 10,000. */
        public Builder maxConnections(int connections) {
            this.maxConnections = (int) requireRange("maxConnections", connections, 1, Integer.MAX_VALUE);
            return this;
        }

        /** Sets how long a peer may take from its connecting to the end of its request. Default 5 seconds. */
        public Builder handshakeTimeout(Duration time) {
            this.handshakeTimeout = requirePositive("handshakeTimeout", time);
            return this;
        }

        /**
         * Sets how long an ending may take: what waits unsent, the close frame, and the peer's. Then the connection is cut.
         * Default 2 seconds.
         */
        public Builder closeTimeout(Duration time) {
            this.closeTimeout = requirePositive("closeTimeout", time);
            return this;
        }

        /** Sets the largest request, in bytes up to its empty line, 256 to 64 KiB. Default 8 KiB. */
        public Builder maxHandshakeBytes(int bytes) {
            this.maxHandshakeBytes = (int) requireRange("maxHandshakeBytes", bytes, 256, 64 * 1024);
            return this;
        }

        /** Sets how many connections the system may hold that aren't accepted yet. Default 1,024; the system may cap it. */
        public Builder backlog(int connections) {
            this.backlog = (int) requireRange("backlog", connections, 1, 65_535);
            return this;
        }

        /**
         * Makes the transport; it isn't started yet.
         *
         * @throws IllegalArgumentException if {@code lowMark} exceeds {@code maxQueuedBytes}
         */
        public JavaWebSocketTransport build() {
            long mark = lowMark < 0 ? maxQueuedBytes / 4 : requireRange("lowMark", lowMark, 1, maxQueuedBytes);
            return new JavaWebSocketTransport(new Settings(
                    host,
                    port,
                    path,
                    maxFrameBytes,
                    maxQueuedBytes,
                    mark,
                    maxConnections,
                    handshakeTimeout,
                    closeTimeout,
                    maxHandshakeBytes,
                    backlog));
        }

        private static long requireRange(String what, long value, long min, long max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", was " + value);
            }
            return value;
        }

        private static Duration requirePositive(String what, Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException(what + " must be more than zero, was " + time);
            }
            return time;
        }
    }
}
