package io.natterjack.testkit;

import io.natterjack.core.CloseReason;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionHandler;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on the WebSocket client of the JDK, which sends one message at a time and reads on demand.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread    the methods of Connection
 *   HTTP client   the methods of WebSocket.Listener
 *   lane          calls of the ConnectionListener
 * </pre>
 */
final class HttpClientConnection implements Connection, WebSocket.Listener {
    static final int MAX_QUEUED_BYTES = 1024 * 1024;
    static final int LOW_MARK = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(HttpClientConnection.class);
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final long CLOSE_SECONDS = 2;

    private final String id = "http-" + NUMBERS.incrementAndGet();
    private final String remote;
    private final ConnectionHandler handler;
    private final Executor threads;
    private final Lane lane;
    private final Object lock = new Object();

    // HTTP client only.
    private final StringBuilder message = new StringBuilder();

    // Lane only.
    private @Nullable ConnectionListener listener;
    private boolean over;

    // Guarded by lock.
    private final Queue<WireFrame> unsent = new ArrayDeque<>();
    private @Nullable WebSocket webSocket;
    private @Nullable CloseReason closing;
    private long queuedBytes;
    private boolean reachedLowMark;
    private boolean sending;
    private boolean reading = true;
    private boolean demandHeldBack;
    private boolean closeSent;
    private boolean finished;

    HttpClientConnection(URI server, ConnectionHandler handler, Executor threads) {
        this.remote = server.getAuthority();
        this.handler = handler;
        this.threads = threads;
        this.lane = new Lane(threads);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public long queuedBytes() {
        synchronized (lock) {
            return queuedBytes;
        }
    }

    @Override
    public boolean offer(WireFrame frame) {
        synchronized (lock) {
            if (closing != null || queuedBytes + frame.size() > MAX_QUEUED_BYTES) {
                return false;
            }
            unsent.add(frame);
            queuedBytes += frame.size();
            reachedLowMark |= queuedBytes >= LOW_MARK;
        }
        sendNext();
        return true;
    }

    private void sendNext() {
        WireFrame frame;
        WebSocket socket;
        CloseReason reason;
        synchronized (lock) {
            if (sending || finished || closeSent || webSocket == null) {
                return;
            }
            socket = webSocket;
            frame = unsent.poll();
            sending = frame != null;
            reason = closing;
            closeSent = frame == null && reason != null;
        }
        if (frame != null) {
            socket.sendText(frame.text(), true).whenCompleteAsync((done, failure) -> sent(frame, failure), threads);
        } else if (reason != null) {
            sendClose(socket, reason);
        }
    }

    private void sent(WireFrame frame, @Nullable Throwable failure) {
        boolean drained;
        synchronized (lock) {
            sending = false;
            queuedBytes -= frame.size();
            drained = reachedLowMark && queuedBytes < LOW_MARK;
            reachedLowMark &= !drained;
        }
        if (failure != null) {
            cut();
            return;
        }
        if (drained) {
            tell(ConnectionListener::drained);
        }
        sendNext();
    }

    /** Called once: the JDK fails a second close at once, and who cuts for that may cut the first one off before it is written. */
    private void sendClose(WebSocket socket, CloseReason reason) {
        try {
            socket.sendClose(reason.code(), "").whenComplete((done, failure) -> {
                if (failure != null) {
                    cut();
                }
            });
            // The peer's answer is wanted even where nothing was read any more.
            socket.request(Long.MAX_VALUE);
        } catch (RuntimeException brokenAlready) {
            cut();
        }
    }

    private @Nullable CloseReason closing() {
        synchronized (lock) {
            return closing;
        }
    }

    @Override
    public void setReading(boolean reading) {
        synchronized (lock) {
            this.reading = reading;
        }
        demand(false);
    }

    /** Asks for one more message, if there is a debt and nobody holds it back. */
    private void demand(boolean another) {
        WebSocket socket;
        synchronized (lock) {
            demandHeldBack |= another;
            if (!demandHeldBack || !reading || webSocket == null) {
                return;
            }
            demandHeldBack = false;
            socket = webSocket;
        }
        socket.request(1);
    }

    @Override
    public void close(CloseReason reason) {
        synchronized (lock) {
            if (closing != null) {
                return;
            }
            closing = reason;
        }
        if (reason.equals(CloseReason.SLOW_CONSUMER)) {
            cut();
            return;
        }
        CompletableFuture.delayedExecutor(CLOSE_SECONDS, TimeUnit.SECONDS, threads)
                .execute(this::cut);
        sendNext();
    }

    private void cut() {
        WebSocket socket;
        synchronized (lock) {
            socket = webSocket;
        }
        if (socket != null) {
            socket.abort();
        }
        finish(CloseReason.ABNORMAL);
    }

    @Override
    public void onOpen(WebSocket opened) {
        // The lane is idle until the socket is known below, so this may stand in for it.
        try {
            listener = handler.opened(this);
        } catch (Throwable failure) {
            LOG.error("A connection handler failed", failure);
            close(CloseReason.NORMAL);
        }
        synchronized (lock) {
            webSocket = opened;
        }
        sendNext();
        demand(true);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        message.append(part);
        if (!last) {
            demand(true);
            return null;
        }
        String text = message.toString();
        message.setLength(0);
        lane.execute(() -> {
            if (closing() == null) {
                call(hearing -> hearing.received(text));
            }
            demand(true);
        });
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String text) {
        boolean none = code == 1005 || code < 1000 || code > 4999;
        finish(none ? CloseReason.NORMAL : CloseReason.of(code));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        finish(CloseReason.ABNORMAL);
    }

    private interface Call {
        void to(ConnectionListener listener);
    }

    private void tell(Call call) {
        lane.execute(() -> call(call));
    }

    private void call(Call call) {
        if (over || listener == null) {
            return;
        }
        try {
            call.to(listener);
        } catch (Throwable failure) {
            LOG.error("The listener of connection {} failed", id, failure);
            close(CloseReason.NORMAL);
        }
    }

    private void finish(CloseReason theirs) {
        CloseReason reason;
        synchronized (lock) {
            reason = closing == null ? theirs : closing;
            closing = reason;
            finished = true;
            unsent.clear();
        }
        tell(hearing -> {
            over = true;
            hearing.closed(reason);
        });
    }
}
