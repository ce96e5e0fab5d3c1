package io.natterjack.server.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import tlschannel.HeapBufferAllocator;
import tlschannel.NeedsReadException;
import tlschannel.NeedsTaskException;
import tlschannel.NeedsWriteException;
import tlschannel.ServerTlsChannel;

/**
 * Bytes through TLS 1.2 or 1.3. Until the first byte of a client comes there is no engine and no buffer; what costs time in a
 * handshake runs on an executor, and the I/O thread serves others meanwhile.
 *
 * <p><b>Threads.</b> As {@link ByteLink} says. The executor's thread runs one task at a time, during which nothing is read.
 */
final class TlsLink implements ByteLink {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final SocketChannel socket;
    /**
     * Held while the library works, which never waits. Writing in the middle of a handshake that reading has just begun would make it spin.
     */
    private final Object lock = new Object();

    private final Turn turn;
    private final ServerTlsChannel tls;
    private final Executor tasks;
    private final Runnable wakeUp;
    private volatile boolean busy;
    private volatile boolean unflushed;

    // The I/O thread only.
    private boolean established;
    private boolean readsWhenWritable;
    private boolean outputIsShut;

    /**
     * Makes the server's end.
     *
     * @param tasks runs what costs time
     * @param wakeUp called by a thread of {@code tasks} when reading may go on
     */
    TlsLink(SocketChannel socket, SSLContext context, Executor tasks, Runnable wakeUp) {
        this.socket = socket;
        this.turn = new Turn(socket);
        this.tasks = tasks;
        this.wakeUp = wakeUp;
        HeapBufferAllocator buffers = new HeapBufferAllocator();
        this.tls = ServerTlsChannel.newBuilder(turn, context)
                .withEngineFactory(TlsLink::engine)
                .withRunTasks(false)
                .withPlainBufferAllocator(buffers)
                .withEncryptedBufferAllocator(buffers)
                .withSessionInitCallback(session -> established = true)
                .build();
    }

    private static SSLEngine engine(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        return engine;
    }

    @Override
    public int read(ByteBuffer in) throws IOException {
        if (busy) {
            return 0;
        }
        if (outputIsShut) {
            // What still comes isn't looked at: it is only to be taken from the socket.
            return socket.read(in) < 0 ? -1 : 0;
        }
        turn.begin();
        readsWhenWritable = false;
        try {
            synchronized (lock) {
                return tls.read(in);
            }
        } catch (NeedsReadException later) {
            return 0;
        } catch (NeedsWriteException later) {
            readsWhenWritable = true;
            return 0;
        } catch (NeedsTaskException costly) {
            delegate(costly.getTask());
            return 0;
        } catch (RuntimeException | Error failure) {
            throw new SSLException("TLS failed", failure);
        }
    }

    private void delegate(Runnable task) throws IOException {
        if (established) {
            throw new SSLException("a client may not renegotiate: it costs us far more than the client");
        }
        busy = true;
        try {
            tasks.execute(() -> {
                try {
                    task.run();
                } finally {
                    busy = false;
                    wakeUp.run();
                }
            });
        } catch (RejectedExecutionException closing) {
            throw new SSLException("no handshake while closing", closing);
        }
    }

    @Override
    public boolean holdsInput() {
        return true;
    }

    @Override
    public int write(ByteBuffer out) throws IOException {
        int before = out.position();
        synchronized (lock) {
            requireEstablished();
            try {
                tls.write(out);
                unflushed = false;
            } catch (NeedsWriteException full) {
                unflushed = true;
            }
        }
        return out.position() - before;
    }

    private void requireEstablished() throws SSLException {
        HandshakeStatus status = tls.getSslEngine().getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_UNWRAP) {
            throw new SSLException("nothing is written in a handshake");
        }
    }

    @Override
    public boolean hasUnflushed() {
        return unflushed;
    }

    @Override
    public boolean readsWhenWritable() {
        return readsWhenWritable;
    }

    @Override
    public boolean isBusy() {
        return busy;
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (outputIsShut) {
            return;
        }
        outputIsShut = true;
        try {
            tls.shutdown();
        } catch (NeedsReadException | NeedsWriteException asFarAsItGoes) {
            // The peer's own goodbye isn't waited for.
        }
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        tls.close();
    }

    /**
     * The socket, to TLS. One call of {@link #read} gets so much at most: records that carry no data would be read for as long as
     * they come otherwise, and others would wait.
     */
    private static final class Turn implements ByteChannel {
        private static final int BYTES = 64 << 10;

        private final SocketChannel socket;
        private int left;

        Turn(SocketChannel socket) {
            this.socket = socket;
        }

        void begin() {
            left = BYTES;
        }

        @Override
        public int read(ByteBuffer in) throws IOException {
            if (left <= 0) {
                return 0;
            }
            int count = socket.read(in);
            left -= count;
            return count;
        }

        @Override
        public int write(ByteBuffer out) throws IOException {
            return socket.write(out);
        }

        @Override
        public boolean isOpen() {
            return socket.isOpen();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
