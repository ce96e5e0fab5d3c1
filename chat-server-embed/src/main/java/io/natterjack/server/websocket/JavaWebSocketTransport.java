package io.natterjack.server.websocket;

import io.natterjack.core.CloseReason;
import io.natterjack.core.TransportException;
import io.natterjack.core.lane.Budget;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries frames as WebSocket text messages (RFC 6455) over sockets of its own.
 *
 * <p>Nothing that a peer does costs more than its own connection: messages, handshakes and what waits to be sent are bounded
 * in size, handshakes and endings in time, connections in number. Compression isn't offered. A peer that breaks a rule hears why
 * in its close frame (1002, 1003, 1007, 1009), a request that isn't for a WebSocket gets a short HTTP answer.
 *
 * <p>Without {@linkplain Builder#tls TLS} it listens to this machine only, unless it is told that it stands {@linkplain Builder#behindTlsProxy behind a
 * proxy} that ends TLS.
 *
 * <p><b>Threads.</b> A few threads named {@code chat-io-N} do all I/O and call the handler and the listeners; whoever offers a frame
 * to a peer that keeps up writes it himself. Any thread may call the methods here, though those threads must not: they would
 * wait for themselves.
 */
public final class JavaWebSocketTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(JavaWebSocketTransport.class);
    private static final long STOP_MILLIS = 10_000;

    private final Settings settings;
    private final AtomicReference<@Nullable SSLContext> tls;
    private final Object lock = new Object();

    // Guarded by lock.
    private List<IoLoop> loops = List.of();
    private @Nullable Listening listening;
    private @Nullable TlsTasks tlsTasks;
    private int port;
    private boolean closed;

    private JavaWebSocketTransport(Settings settings, @Nullable SSLContext tls) {
        this.settings = settings;
        this.tls = new AtomicReference<>(tls);
    }

    /** Returns where it listens: {@code ws://127.0.0.1:8080/chat}. */
    @Override
    public String toString() {
        String host = settings.host();
        int actual = port();
        return (tls.get() == null ? "ws://" : "wss://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + (actual == 0 ? settings.port() : actual) + settings.path();
    }

    /** Begins a transport; all settings have defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it was started or closed before, or would listen to other machines without TLS
     */
    @Override
    public void start(ConnectionHandler handler) {
        synchronized (lock) {
            requireNew();
        }
        try {
            Rehearsal.run();
        } catch (IOException failure) {
            throw new TransportException("can't listen even on this machine: " + failure.getMessage(), failure);
        }
        startUnrehearsed(handler);
    }

    private void requireNew() {
        if (closed || listening != null) {
            throw new IllegalStateException("a transport is started once");
        }
    }

    void startUnrehearsed(ConnectionHandler handler) {
        synchronized (lock) {
            requireNew();
            listen(handler);
            loops.forEach(IoLoop::start);
        }
    }

    private void listen(ConnectionHandler handler) {
        InetSocketAddress wanted = new InetSocketAddress(settings.host(), settings.port());
        String address = settings.host() + ":" + settings.port();
        if (wanted.isUnresolved()) {
            throw new TransportException("can't listen on " + address + ": unknown host");
        }
        requireSafe(wanted);
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            ServerSocketChannel socket = ServerSocketChannel.open();
            opened.add(socket);
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(wanted, settings.backlog());
            socket.configureBlocking(false);
            IoLoop.Shared shared = share(handler);
            List<IoLoop> made = new ArrayList<>();
            for (int i = 1; i <= settings.ioThreads(); i++) {
                Selector selector = Selector.open();
                opened.add(selector);
                made.add(new IoLoop("chat-io-" + i, shared, selector));
            }
            Listening accepting = new Listening(socket, (Selector) opened.get(1), made, shared);
            made.get(0).listen(accepting);
            loops = List.copyOf(made);
            listening = accepting;
            port = socket.socket().getLocalPort();
        } catch (IOException failure) {
            opened.forEach(IoLoop::closeQuietly);
            throw new TransportException("can't listen on " + address + ": " + whatToDo(failure), failure);
        }
    }

    private static String whatToDo(IOException failure) {
        String said = String.valueOf(failure.getMessage());
        if (said.contains("already in use")) {
            return said + ": another program has this port. Take another one, 0 for any that is free";
        }
        if (said.contains("Cannot assign")) {
            return said
                    + ": this machine doesn't have that address. 127.0.0.1 is this machine alone, 0.0.0.0 all addresses it has";
        }
        return said.contains("Permission denied") ? said + ": ports below 1024 need rights" : said;
    }

    private void requireSafe(InetSocketAddress wanted) {
        if (!settings.isSafeOutside() && !wanted.getAddress().isLoopbackAddress()) {
            throw new IllegalStateException("tokens and messages would travel in clear text from other machines to "
                    + settings.host() + ": give it TLS with tls(…), or say behindTlsProxy() if a proxy ends TLS");
        }
    }

    private IoLoop.Shared share(ConnectionHandler handler) {
        Settings.Limits limits = settings.limits();
        return new IoLoop.Shared(
                settings,
                handler,
                new Admission(limits.connections(), limits.connectionsPerAddress()),
                new Outbox.Bounds(limits.queuedBytes(), limits.lowMark(), new Budget(limits.totalQueuedBytes())),
                new Budget(limits.totalUnfinishedBytes()),
                tls.get() == null ? (channel, wakeUp) -> new PlainLink(channel) : tlsLinks());
    }

    private IoLoop.Links tlsLinks() {
        TlsTasks tasks = new TlsTasks(settings.ioThreads());
        tlsTasks = tasks;
        return (channel, wakeUp) -> new TlsLink(channel, Objects.requireNonNull(tls.get()), tasks, wakeUp);
    }

    /**
     * Takes other certificates and keys for the connections that come from now on. Those that are open go on with theirs.
     *
     * @throws IllegalStateException if there was no TLS from the start
     */
    public void reloadTls(SSLContext context) {
        Objects.requireNonNull(context);
        if (tls.getAndUpdate(former -> former == null ? null : context) == null) {
            throw new IllegalStateException("this transport was made without tls(…)");
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
        return settings.limits().frameBytes();
    }

    @Override
    public long lowMark() {
        return settings.limits().lowMark();
    }

    @Override
    public void stopAccepting() {
        Listening socket;
        synchronized (lock) {
            socket = listening;
        }
        if (socket != null) {
            socket.stop();
            await("stop listening", () -> socket.awaitDeaf(STOP_MILLIS));
        }
    }

    @Override
    public void close() {
        // First: what is accepted is handed to a loop that must still be there.
        stopAccepting();
        List<IoLoop> running;
        synchronized (lock) {
            closed = true;
            running = loops;
        }
        running.forEach(IoLoop::stop);
        running.forEach(loop -> await("end", () -> loop.awaitEnd(STOP_MILLIS)));
        synchronized (lock) {
            if (tlsTasks != null) {
                tlsTasks.close();
            }
        }
    }

    private interface Waiting {
        boolean run() throws InterruptedException;
    }

    private static void await(String what, Waiting waiting) {
        try {
            if (!waiting.run()) {
                LOG.warn("A thread chat-io takes long to {}: a listener blocks it", what);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The settings of a transport. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;
        private static final int MOST_IO_THREADS = 4;
        private static final int A_TENTH = 10;

        private String host = "127.0.0.1";
        private int port;
        private String path = "/chat";
        private int ioThreads = Math.min(MOST_IO_THREADS, Runtime.getRuntime().availableProcessors());
        private OriginPolicy origins = OriginPolicy.SAME_HOST;
        private TrustedProxies proxies = TrustedProxies.NONE;
        private boolean behindTlsProxy;
        private @Nullable SSLContext tls;
        private int maxFrameBytes = 64 * 1024;
        private long maxQueuedBytes = 1024 * 1024;
        private long lowMark = -1;
        private long totalQueuedBytes = Runtime.getRuntime().maxMemory() / A_TENTH;
        private long totalUnfinishedBytes = Runtime.getRuntime().maxMemory() / A_TENTH;
        private int maxConnections = 10_000;
        private int maxConnectionsPerAddress = 1_000;
        private Duration handshakeTimeout = Duration.ofSeconds(5);
        private Duration closeTimeout = Duration.ofSeconds(2);
        private int maxHandshakeBytes = 8 * 1024;
        private int backlog = 1_024;
        private int sendBufferBytes;

        private Builder() {}

        /**
         * Sets the name or address to listen on. Default 127.0.0.1: this machine. Any other, as {@code 0.0.0.0} for all of
         * IPv4, needs TLS or {@link #behindTlsProxy}.
         */
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

        /** Sets how many threads do I/O, 1 to 64. Default one a processor, 4 at most. */
        public Builder ioThreads(int threads) {
            this.ioThreads = (int) requireRange("ioThreads", threads, 1, 64);
            return this;
        }

        /**
         * Has connections come through TLS 1.2 or 1.3 ({@code wss}), with the key and the certificates of {@code context}: see
         * {@link io.natterjack.server.TlsContexts}, and {@link #reloadTls} for when they change.
         */
        public Builder tls(SSLContext context) {
            this.tls = Objects.requireNonNull(context);
            return this;
        }

        /**
         * Says that a proxy in front ends TLS, so that it is all right to listen without. Of its requests the {@code
         * X-Forwarded-For} isn't believed unless the proxy is named.
         *
         * @param proxies addresses, or networks as {@code 10.0.0.0/8}, whose {@code X-Forwarded-For} tells who the client is
         * @throws IllegalArgumentException if one can't be read
         */
        public Builder behindTlsProxy(String... proxies) {
            this.behindTlsProxy = true;
            this.proxies = TrustedProxies.of(List.of(proxies));
            return this;
        }

        /**
         * Sets the web pages that may connect, as {@code https://example.org}, one at least, in place of the default: those of the host
         * that they connect to. Requests without an {@code Origin} don't come from a page, and are let through.
         *
         * @throws IllegalArgumentException if there is none, or one that no browser would send: it has a path, or no scheme
         */
        public Builder allowedOrigins(String... origins) {
            this.origins = OriginPolicy.of(Set.of(origins));
            return this;
        }

        /** Lets every web page connect. Whoever it is still needs a token, which pages of others don't have. */
        public Builder anyOrigin() {
            this.origins = new OriginPolicy(true, Set.of());
            return this;
        }

        /**
         * Sets the largest message that is taken, in bytes of UTF-8 over all of its fragments, 1,024 to 16 MiB. Default 64 KiB.
         * A larger one ends its connection with {@link CloseReason#MESSAGE_TOO_BIG}.
         */
        public Builder maxFrameBytes(int bytes) {
            this.maxFrameBytes = (int) requireRange("maxFrameBytes", bytes, 1_024, MAX_FRAME_BYTES);
            return this;
        }

        /**
         * Sets how many bytes may wait unsent for one connection, headers included: 64 KiB, twice the largest message, or more.
         * Default 1 MiB.
         */
        public Builder maxQueuedBytes(long bytes) {
            this.maxQueuedBytes = requireRange("maxQueuedBytes", bytes, 64 << 10, Integer.MAX_VALUE);
            return this;
        }

        /** Sets {@link Transport#lowMark}, 1 to {@code maxQueuedBytes}. Default a quarter of that. */
        public Builder lowMark(long bytes) {
            this.lowMark = requireRange("lowMark", bytes, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets how many bytes may wait unsent for all connections together, 1 MiB or more. Beyond it those connections that
         * don't keep up are refused more, each at its next frame. Default a tenth of the heap.
         */
        public Builder totalQueuedBytes(long bytes) {
            this.totalQueuedBytes = requireRange("totalQueuedBytes", bytes, 1 << 20, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets how many bytes of messages that aren't whole yet all connections together may have, 1 MiB or more. Beyond it a
         * connection that needs more ends with 1013. Default a tenth of the heap.
         */
        public Builder totalUnfinishedBytes(long bytes) {
            this.totalUnfinishedBytes = requireRange("totalUnfinishedBytes", bytes, 1 << 20, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets how many connections may come from one address; an IPv6 network of 64 bits counts as one. Further ones are closed
         * at once. Default 1,000.
         */
        public Builder maxConnectionsPerAddress(int connections) {
            this.maxConnectionsPerAddress =
                    (int) requireRange("maxConnectionsPerAddress", connections, 1, Integer.MAX_VALUE);
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
         * Sets how many bytes the system may hold for one connection behind what waits here (SO_SNDBUF; Linux takes twice that),
         * 4 KiB or more. Default: what the system thinks best, up to megabytes.
         */
        public Builder sendBufferBytes(int bytes) {
            this.sendBufferBytes = (int) requireRange("sendBufferBytes", bytes, 4_096, 1 << 30);
            return this;
        }

        /**
         * Makes the transport; it isn't started yet.
         *
         * @throws IllegalArgumentException if {@code lowMark} exceeds {@code maxQueuedBytes}
         */
        public JavaWebSocketTransport build() {
            long mark = lowMark < 0 ? maxQueuedBytes / 4 : requireRange("lowMark", lowMark, 1, maxQueuedBytes);
            return new JavaWebSocketTransport(
                    new Settings(
                            host,
                            port,
                            path,
                            ioThreads,
                            backlog,
                            sendBufferBytes,
                            origins,
                            proxies,
                            behindTlsProxy || tls != null,
                            new Settings.Limits(
                                    maxFrameBytes,
                                    maxQueuedBytes,
                                    mark,
                                    totalQueuedBytes,
                                    totalUnfinishedBytes,
                                    maxConnections,
                                    maxConnectionsPerAddress,
                                    maxHandshakeBytes,
                                    handshakeTimeout,
                                    closeTimeout)),
                    tls);
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
