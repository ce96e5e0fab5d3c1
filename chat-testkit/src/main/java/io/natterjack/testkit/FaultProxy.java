package io.natterjack.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on the loopback address that breaks connections in the ways in which networks do, when a test asks for it.
 * Without a fault it passes bytes on as they come.
 *
 * <p><b>Threads.</b> Any thread may call any method; only {@link #to} and {@link #close} may block, shortly. Its own threads
 * are daemons named {@code fault-proxy-...}.
 *
 * <p><b>Bounded.</b> It holds 1 MiB at most a connection and direction; when that is full it stops reading.
 */
public final class FaultProxy implements AutoCloseable {
    /** Which way bytes go. */
    public enum Direction {
        /** From the client, that is from who connected. */
        TO_SERVER,
        /** From the server. */
        TO_CLIENT
    }

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int MAX_CHUNKS = 64;
    private static final int SLICES_A_SECOND = 20;
    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket listening;
    private final Object lock = new Object();
    private final AtomicLong swallowed = new AtomicLong();

    // Guarded by lock, which is notified of every change.
    private InetSocketAddress target;
    private final Set<Link> links = new HashSet<>();
    private final Set<Direction> stalled = EnumSet.noneOf(Direction.class);
    private boolean refusing;
    private boolean closed;
    private long bytesPerSecond;
    private Duration delay = Duration.ZERO;
    private long accepted;

    private FaultProxy(ServerSocket listening, InetSocketAddress target) {
        this.listening = listening;
        this.target = target;
    }

    /** Starts a proxy in front of {@code host:port}, which need not be there yet. */
    public static FaultProxy to(String host, int port) {
        try {
            ServerSocket listening = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
            FaultProxy proxy = new FaultProxy(listening, new InetSocketAddress(host, port));
            startThread("fault-proxy-accept", proxy::acceptAll);
            return proxy;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the port that clients connect to, on the loopback address. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Sends new connections to another server: one that was started anew on another port, say. */
    public void retarget(String host, int port) {
        synchronized (lock) {
            target = new InetSocketAddress(host, port);
        }
    }

    /** Returns how many connections are open through this proxy. */
    public int connections() {
        synchronized (lock) {
            return links.size();
        }
    }

    /** Returns how many connections were accepted so far, those that were refused or lost not counted. */
    public long accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    /** Resets every connection that is open now, on both sides. What was under way is lost. */
    public void cut() {
        for (Link link : openLinks()) {
            link.reset();
        }
    }

    /** Resets new connections at once, until {@link #accept}. Those that are open stay. */
    public void refuse() {
        synchronized (lock) {
            refusing = true;
        }
    }

    /** Takes new connections again. */
    public void accept() {
        synchronized (lock) {
            refusing = false;
        }
    }

    /** Stops passing bytes on in both directions, on present and new connections, until {@link #resume}. They stay open. */
    public void stall() {
        stall(Direction.TO_SERVER);
        stall(Direction.TO_CLIENT);
    }

    /** Stops passing bytes on in one direction: the half-open connection that nobody notices. */
    public void stall(Direction direction) {
        synchronized (lock) {
            stalled.add(direction);
        }
    }

    /** Passes bytes on again, those that were held back first. */
    public void resume() {
        synchronized (lock) {
            stalled.clear();
            lock.notifyAll();
        }
    }

    /**
     * From now on loses what servers send on the connections that are open now, while what clients send arrives: the answer
     * that is lost after its request was carried out. It ends with the connections: {@link #cut} is what follows.
     */
    public void swallowReplies() {
        for (Link link : openLinks()) {
            link.swallowing = true;
        }
    }

    /** Returns how many bytes were swallowed so far. */
    public long swallowedBytes() {
        return swallowed.get();
    }

    /**
     * Limits each direction of each connection.
     *
     * @param bytesPerSecond 0 for no limit
     */
    public void throttle(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond must not be negative, was " + bytesPerSecond);
        }
        synchronized (lock) {
            this.bytesPerSecond = bytesPerSecond;
            lock.notifyAll();
        }
    }

    /** Delays what is read from now on, in each direction, in its order. {@link Duration#ZERO} ends it. */
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, was " + delay);
        }
        synchronized (lock) {
            this.delay = delay;
        }
    }

    /** Resets all connections and gives the port back. Closing twice does nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        try {
            listening.close();
        } catch (IOException nothingToDo) {
            // The port is gone with the process at the latest.
        }
        cut();
    }

    private List<Link> openLinks() {
        synchronized (lock) {
            return List.copyOf(links);
        }
    }

    private void acceptAll() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                startThread("fault-proxy-connect", () -> connect(client));
            } catch (IOException closedOrOutOfFiles) {
                Thread.onSpinWait();
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(targetUnlessRefusing(), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            if (!register(link)) {
                throw new SocketException("refused");
            }
            link.start();
        } catch (IOException refusedOrTargetAway) {
            reset(client);
            reset(server);
        }
    }

    private InetSocketAddress targetUnlessRefusing() throws IOException {
        synchronized (lock) {
            if (refusing || closed) {
                throw new SocketException("refused");
            }
            return target;
        }
    }

    private boolean register(Link link) {
        synchronized (lock) {
            if (refusing || closed) {
                return false;
            }
            accepted++;
            return links.add(link);
        }
    }

    private void awaitFlow(Direction direction) throws InterruptedException {
        synchronized (lock) {
            while (stalled.contains(direction)) {
                lock.wait();
            }
        }
    }

    private void awaitTime(long dueNanos) throws InterruptedException {
        synchronized (lock) {
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                lock.wait(left / 1_000_000 + 1);
            }
        }
    }

    private long dueNanos() {
        synchronized (lock) {
            return System.nanoTime() + delay.toNanos();
        }
    }

    /** Returns how many bytes may be written at once. */
    private int slice() {
        synchronized (lock) {
            return bytesPerSecond == 0
                    ? CHUNK_BYTES
                    : (int) Math.max(1, Math.min(CHUNK_BYTES, bytesPerSecond / SLICES_A_SECOND));
        }
    }

    /** Waits for as long as {@code bytes} take at the present limit; less if the limit is lifted meanwhile. */
    private void pace(int bytes) throws InterruptedException {
        long start = System.nanoTime();
        synchronized (lock) {
            while (bytesPerSecond > 0) {
                long left = start + bytes * 1_000_000_000L / bytesPerSecond - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                lock.wait(left / 1_000_000 + 1);
            }
        }
    }

    private static Thread startThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Closes with a TCP reset, so that the other side hears of a broken connection and not of an ended one. */
    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException closedAlready) {
            // What counts is that it is closed.
        }
        try {
            socket.close();
        } catch (IOException nothingToDo) {
            // As above.
        }
    }

    /** One connection: the client's socket and the one to the server. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean swallowing;

        // Guarded by this.
        private int openDirections = 2;
        private final Set<Thread> threads = new HashSet<>();

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            try {
                start(new Pipe(this, Direction.TO_SERVER, client, server));
                start(new Pipe(this, Direction.TO_CLIENT, server, client));
            } catch (IOException cutAlready) {
                reset();
            }
        }

        private synchronized void start(Pipe pipe) {
            threads.add(startThread("fault-proxy-read-" + pipe.direction, pipe::readAll));
            threads.add(startThread("fault-proxy-write-" + pipe.direction, pipe::writeAll));
        }

        /** One direction has come to its end. When both have, the connection ends in peace: what was written arrives. */
        void ended() throws IOException {
            synchronized (this) {
                if (--openDirections > 0) {
                    return;
                }
            }
            client.close();
            server.close();
            forget();
        }

        void reset() {
            FaultProxy.reset(client);
            FaultProxy.reset(server);
            forget();
            synchronized (this) {
                threads.forEach(Thread::interrupt);
            }
        }

        private void forget() {
            synchronized (lock) {
                links.remove(this);
            }
        }
    }

    /** One direction of a connection: a thread that reads, a bounded queue, a thread that writes. */
    private final class Pipe {
        private static final byte[] END = new byte[0];

        private final Link link;
        private final Direction direction;
        private final InputStream in;
        private final OutputStream out;
        private final Socket destination;
        private final BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(MAX_CHUNKS);

        Pipe(Link link, Direction direction, Socket source, Socket destination) throws IOException {
            this.link = link;
            this.direction = direction;
            this.in = source.getInputStream();
            this.out = destination.getOutputStream();
            this.destination = destination;
        }

        void readAll() {
            byte[] buffer = new byte[CHUNK_BYTES];
            try {
                int read;
                do {
                    awaitFlow(direction);
                    read = in.read(buffer);
                    queue.put(new Chunk(read < 0 ? END : Arrays.copyOf(buffer, read), dueNanos()));
                } while (read >= 0);
            } catch (IOException | InterruptedException broken) {
                link.reset();
            }
        }

        void writeAll() {
            try {
                for (Chunk chunk = queue.take(); chunk.bytes != END; chunk = queue.take()) {
                    awaitTime(chunk.dueNanos);
                    awaitFlow(direction);
                    pass(chunk.bytes);
                }
                destination.shutdownOutput();
                link.ended();
            } catch (IOException | InterruptedException broken) {
                link.reset();
            }
        }

        private void pass(byte[] bytes) throws IOException, InterruptedException {
            if (direction == Direction.TO_CLIENT && link.swallowing) {
                swallowed.addAndGet(bytes.length);
                return;
            }
            for (int from = 0; from < bytes.length; ) {
                int length = Math.min(slice(), bytes.length - from);
                out.write(bytes, from, length);
                from += length;
                pace(length);
            }
        }
    }

    private static final class Chunk {
        private final byte[] bytes;
        private final long dueNanos;

        Chunk(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }
}
