package io.natterjack.server.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening socket: accepts while there is room, and deals what it accepted out to the I/O loops in turn.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread    stop, awaitDeaf
 *   chat-io-1     all else
 * </pre>
 */
final class Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    /** When all clients of another server come here, those who are here already mustn't notice. */
    private static final int ACCEPTS_A_SECOND = 1_000;

    private final ServerSocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final List<IoLoop> loops;
    private final IoLoop.Shared shared;
    private final Acceptor acceptor;
    private final CountDownLatch deaf = new CountDownLatch(1);
    private volatile boolean stopped;

    // chat-io-1 only.
    private int next;

    /**
     * Makes a listening socket of {@code socket}, which is bound and doesn't block; closed with this.
     *
     * @param loops the first one accepts, with {@code selector}
     */
    Listening(ServerSocketChannel socket, Selector selector, List<IoLoop> loops, IoLoop.Shared shared)
            throws IOException {
        this.socket = socket;
        this.selector = selector;
        this.loops = loops;
        this.shared = shared;
        this.key = socket.register(selector, SelectionKey.OP_ACCEPT);
        this.acceptor = new Acceptor(socket::accept, ACCEPTS_A_SECOND);
        shared.admission().whenThereIsRoom(loops.get(0)::wake);
    }

    /** Gives the port back soon; when {@link #awaitDeaf} returns true, that is done. */
    void stop() {
        stopped = true;
        loops.get(0).wake();
    }

    boolean awaitDeaf(long millis) throws InterruptedException {
        return deaf.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Listens only if there is room for one more. */
    void update(long now) throws IOException {
        if (deaf.getCount() == 0) {
            return;
        }
        if (stopped) {
            close();
        } else {
            boolean room = shared.admission().room() > 0 && acceptor.isReady(now);
            key.interestOps(room ? SelectionKey.OP_ACCEPT : 0);
        }
    }

    long nanosToReady(long now, long most) {
        return deaf.getCount() == 0 ? most : acceptor.nanosToReady(now, most);
    }

    void ready() {
        if (!stopped) {
            acceptor.accept(loops.get(0).now(), shared.admission().room(), this::accepted);
        }
    }

    private void accepted(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            // Where a proxy or a firewall forgets silent connections, the system finds the dead ones too.
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (shared.settings().sendBufferBytes() > 0) {
                channel.setOption(
                        StandardSocketOptions.SO_SNDBUF, shared.settings().sendBufferBytes());
            }
            Peer peer = new Peer(
                    remoteOf(channel), shared.admission(), shared.settings().proxies());
            if (!peer.arrives()) {
                LOG.debug("There are too many connections from one address, another one is refused");
                channel.close();
                return;
            }
            shared.admission().enter();
            next = (next + 1) % loops.size();
            loops.get(next).adopt(channel, peer);
        } catch (Throwable alreadyBroken) {
            LOG.debug("A connection broke before it was open", alreadyBroken);
            IoLoop.closeQuietly(channel);
        }
    }

    private static InetAddress remoteOf(SocketChannel channel) throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress remote) {
            return remote.getAddress();
        }
        throw new IOException("the peer has gone");
    }

    void close() {
        if (deaf.getCount() == 0) {
            return;
        }
        IoLoop.closeQuietly(socket);
        try {
            // A registered channel gives its port back only when a select has noticed.
            selector.selectNow();
        } catch (IOException broken) {
            LOG.debug("The selector failed", broken);
        } finally {
            deaf.countDown();
        }
    }
}
