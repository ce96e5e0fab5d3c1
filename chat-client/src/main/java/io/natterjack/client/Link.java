package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.LogText;
import io.natterjack.core.ProtocolException;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a connection, and the connection that comes of it, with its {@link PacedRequests} and its {@link
 * Heartbeat}. A client may have two for a while, when it changes from one server to another.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   transport thread   Receiver   decode, count, hand over to the lane; never blocks
 *   lane               all else   owns the state
 * </pre>
 *
 * <b>Bounded.</b> Frames handed over and not worked off: above {@value #MAX_UNREAD_BYTES} characters reading stops.
 */
final class Link {
    /** Hears of a link. Called on the lane. */
    interface Owner {
        /** The connection is open; the server waits for {@code hello}. */
        void opened(Link link);

        /** A frame came that isn't for the link itself. Answers are handed to their requests as well. */
        void received(Link link, ServerFrame frame);

        /** There is allowance for more frames, after {@link #trySend} or {@link #trySay} had none. */
        void writable(Link link);

        /** There is no connection, or no more. Called once and last, unless the link was closed by its owner. */
        void ended(Link link, CloseReason reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    static final long MAX_UNREAD_BYTES = 1 << 20;

    private final Loop loop;
    private final Owner owner;
    private final PacedRequests requests;
    private final Heartbeat heartbeat;
    private final AtomicLong unread = new AtomicLong();

    // Written on the lane, read by the transport thread too.
    private volatile boolean ended;

    // Lane only.
    private @Nullable Connection connection;
    private @Nullable ChatException failure;
    private boolean welcomed;
    private boolean held;
    private boolean gone;
    private Runnable whenGone = () -> {};

    Link(Loop loop, Owner owner) {
        this.loop = loop;
        this.owner = owner;
        this.requests = new PacedRequests(loop, this::offer, () -> owner.writable(this));
        this.heartbeat = new Heartbeat(loop, this::onSilence, () -> tell(new Ping()));
    }

    // Opening and ending.

    /** Opens the connection; if there is no {@link #welcomed} within {@code timeout} of its being open, it ends. */
    void open(Connector connector, URI server, Duration timeout) {
        try {
            connector
                    .connect(server, timeout, opened -> {
                        loop.execute(() -> onOpened(opened, timeout));
                        if (ended) {
                            opened.close(CloseReason.NORMAL); // the lane may be gone with its client
                        }
                        return new Receiver(opened);
                    })
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            loop.execute(() -> onFailed(failure));
                        }
                    });
        } catch (RuntimeException | Error failure) { // an error: no thread to be had
            onFailed(failure);
        }
    }

    private void onFailed(Throwable thrown) {
        Throwable why = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        failed(
                why instanceof ChatException chat
                        ? chat
                        : new TransportException("can't connect: " + LogText.escape(why.toString()), why));
        end(CloseReason.ABNORMAL);
    }

    private void failed(ChatException why) {
        if (!ended) {
            failure = why;
        }
    }

    /** Returns what went wrong on this side; nothing if the peer ended the connection, and said why with a code at most. */
    Optional<ChatException> failure() {
        return Optional.ofNullable(failure);
    }

    private void onOpened(Connection opened, Duration timeout) {
        if (ended) {
            opened.close(CloseReason.NORMAL);
            return;
        }
        connection = opened;
        heartbeat.opened(timeout);
        owner.opened(this);
    }

    /** The server has let the client in: from now on requests can be made, at the pace that it allows. */
    void welcomed(ServerFrame.Welcome welcome) {
        welcomed = true;
        requests.begin(welcome.limits());
        heartbeat.welcomed(Duration.ofMillis(welcome.heartbeat()));
    }

    /** Ends the connection, saying why; the owner isn't told. */
    void close(CloseReason reason) {
        if (!ended) {
            release();
            if (connection != null) {
                connection.close(reason);
            }
        }
    }

    /** The server broke the protocol: the connection is worth nothing any more. */
    void violated(String what) {
        failed(new TransportException("the server broke the protocol: " + LogText.escape(what)));
        giveUp(CloseReason.PROTOCOL);
    }

    /** Has {@code task} run when the connection is gone, at once if there is none; for a link that was closed. */
    void whenGone(Runnable task) {
        if (connection == null || gone) {
            task.run();
        } else {
            whenGone = task;
        }
    }

    private void giveUp(CloseReason reason) {
        if (!ended) {
            close(reason);
            owner.ended(this, CloseReason.ABNORMAL);
        }
    }

    private void end(CloseReason reason) {
        if (!ended) {
            release();
            owner.ended(this, reason);
        }
    }

    private void release() {
        ended = true;
        requests.end();
        heartbeat.end();
    }

    // Sending.

    /** Sends at once, beside the pace: what must not wait. */
    void tell(ClientFrame frame) {
        requests.countUnpaced();
        offer(frame);
    }

    /** Sends a request at once, beside the pace, and returns its id. */
    int ask(IntFunction<ClientFrame> frame) {
        int id = requests.nextId();
        offer(frame.apply(id));
        return id;
    }

    /** Sends a request as soon as the pace allows, behind those that wait already. */
    void request(IntFunction<ClientFrame> frame, Request request) {
        requests.request(frame, request);
    }

    /** Sends a request if nothing waits and the pace allows it now; else {@link Owner#writable} tells when to try again. */
    boolean trySend(IntFunction<ClientFrame> frame, Request request) {
        return requests.trySend(frame, request);
    }

    /** Sends what has no answer if nothing waits and the pace allows it now; else {@link Owner#writable} tells when to try again. */
    boolean trySay(ClientFrame frame) {
        return requests.trySay(frame);
    }

    /** The server has taken the frame of that id, and answers it much later perhaps: it counts no more among those on their way. */
    void shelve(int id) {
        requests.shelve(id);
    }

    /** The server won't answer that request any more, which isn't one that was {@linkplain #shelve shelved}. */
    void forget(Request request) {
        requests.forget(request);
    }

    private void offer(ClientFrame frame) {
        offer(FrameCodec.encode(frame));
    }

    private void offer(WireFrame frame) {
        heartbeat.said();
        if (!ended && connection != null && !connection.offer(frame)) {
            // What can't leave is lost with the connection, and comes again on the next one.
            loop.execute(() -> giveUp(CloseReason.SLOW_CONSUMER));
        }
    }

    // Receiving.

    private void onFrame(Optional<ServerFrame> known) {
        if (ended) {
            return;
        }
        heartbeat.heard();
        known.ifPresent(frame -> {
            if (frame instanceof Ping) {
                tell(new Pong());
            } else if (!requests.answer(frame)) {
                owner.received(this, frame);
            }
        });
    }

    private void onGone(CloseReason reason) {
        gone = true;
        end(reason);
        whenGone.run();
    }

    /** Stops reading while the application's listeners are behind, or goes on. */
    void holdReading(boolean hold) {
        held = hold;
        heartbeat.hold(hold);
        regulateReading();
    }

    private void regulateReading() {
        if (connection != null && !ended) {
            connection.setReading(!held && unread.get() <= MAX_UNREAD_BYTES);
        }
    }

    private void onSilence(Duration length) {
        if (!welcomed) { // later on it is nothing special
            failed(new TransportException("the server says nothing for " + NoConnection.words(length)
                    + " after it was connected. Is a chat server there?"));
        }
        LOG.info("Nothing heard for {}", NoConnection.words(length));
        giveUp(CloseReason.HEARTBEAT);
    }

    /** Takes what the transport brings to the lane, in order. Transport thread only. */
    private final class Receiver implements FaultListener {
        private final Connection source;

        Receiver(Connection source) {
            this.source = source;
        }

        @Override
        public void received(String text) {
            boolean tooMuch = unread.addAndGet(text.length()) > MAX_UNREAD_BYTES;
            if (tooMuch) {
                source.setReading(false); // before the task below, which lets it go on
            }
            Optional<ServerFrame> frame;
            try {
                frame = FrameCodec.decodeServer(text);
            } catch (ProtocolException malformed) {
                loop.execute(() -> violated("not a frame, " + malformed.getMessage()));
                return;
            }
            loop.execute(() -> {
                unread.addAndGet(-text.length());
                if (tooMuch) {
                    regulateReading();
                }
                onFrame(frame);
            });
        }

        @Override
        public void faulty(CloseReason fault) {
            loop.execute(() ->
                    failed(new TransportException("the server sent what this client doesn't take: " + fault.text())));
        }

        @Override
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {
            loop.execute(() -> onGone(reason));
        }
    }
}
