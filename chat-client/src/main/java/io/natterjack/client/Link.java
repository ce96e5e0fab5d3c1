package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.LogText;
import io.natterjack.core.ProtocolException;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.Frame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.Pong;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a connection, and the connection that comes of it: request ids and their answers, pace, heartbeat. A client
 * may have two for a while, when it changes from one server to another.
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

    /** How much longer than the heartbeat a link may be silent. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Loop loop;
    private final Owner owner;
    private final AtomicLong unread = new AtomicLong();

    // Written on the lane, read by the transport thread too.
    private volatile boolean ended;

    // Lane only.
    private final Map<Integer, Request> pending = new HashMap<>();
    private final Set<Integer> shelved = new HashSet<>();
    private final Queue<Runnable> paced = new ArrayDeque<>();
    private @Nullable Connection connection;
    private @Nullable ChatException failure;
    private @Nullable Pacer pacer;
    private Scheduler.Cancellable pace = () -> {};
    private boolean pacing;

    /** Whether something waits for an answer to make room. */
    private boolean crowded;

    private Scheduler.Cancellable watch = () -> {};
    private Duration maxSilence = Duration.ZERO;
    private long lastHeard;
    private Scheduler.Cancellable rest = () -> {};
    private Duration maxRest = Duration.ZERO;
    private long lastSaid;
    private boolean held;
    private boolean gone;
    private Runnable whenGone = () -> {};
    private int lastId;
    private int maxFrameBytes;

    Link(Loop loop, Owner owner) {
        this.loop = loop;
        this.owner = owner;
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
        watchSilence(timeout);
        owner.opened(this);
    }

    /** The server has let the client in: from now on requests can be made, at the pace that it allows. */
    void welcomed(ServerFrame.Welcome welcome) {
        Pacer fresh = new Pacer(welcome.limits(), loop.nanoTime());
        fresh.take(loop.nanoTime()); // the hello
        pacer = fresh;
        maxFrameBytes = welcome.limits().frameBytes();
        Duration heartbeat = Duration.ofMillis(welcome.heartbeat());
        watchSilence(heartbeat.plus(GRACE));
        maxRest = heartbeat.plus(GRACE.dividedBy(2));
        rest = loop.after(maxRest, this::onRest);
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
        pending.clear();
        paced.clear();
        pace.cancel();
        watch.cancel();
        rest.cancel();
    }

    // Sending.

    /** Sends at once, beside the pace: what must not wait. */
    void tell(ClientFrame frame) {
        if (pacer != null) {
            pacer.take(loop.nanoTime());
        }
        offer(frame);
    }

    /** Sends a request at once, beside the pace, and returns its id. */
    int ask(IntFunction<ClientFrame> frame) {
        int id = nextId();
        offer(frame.apply(id));
        return id;
    }

    /** Sends a request as soon as the pace allows, behind those that wait already. */
    void request(IntFunction<ClientFrame> frame, Request request) {
        if (!ended) {
            paced.add(() -> transmit(frame, request));
            flush();
        }
    }

    /** Sends a request if nothing waits and the pace allows it now; else {@link Owner#writable} tells when to try again. */
    boolean trySend(IntFunction<ClientFrame> frame, Request request) {
        if (ended || !paced.isEmpty() || !mayTransmit()) {
            return false;
        }
        transmit(frame, request);
        return true;
    }

    /** Sends what has no answer if nothing waits and the pace allows it now; else {@link Owner#writable} tells when to try again. */
    boolean trySay(ClientFrame frame) {
        if (ended || !paced.isEmpty() || !mayTransmit()) {
            return false;
        }
        offer(frame);
        return true;
    }

    private void flush() {
        while (!paced.isEmpty() && mayTransmit()) {
            paced.remove().run();
        }
    }

    private boolean mayTransmit() {
        if (pacer == null) {
            return false;
        }
        if (underWay() >= pacer.window()) {
            crowded = true;
            return false;
        }
        if (pacer.tryTake(loop.nanoTime())) {
            return true;
        }
        if (!pacing) {
            pacing = true;
            pace = loop.after(pacer.untilNext(loop.nanoTime()), this::onPace);
        }
        return false;
    }

    private void onPace() {
        pacing = false;
        goOn();
    }

    private void goOn() {
        flush();
        if (paced.isEmpty()) {
            owner.writable(this);
        }
    }

    private void transmit(IntFunction<ClientFrame> frame, Request request) {
        int id = nextId();
        pending.put(id, request);
        countUnanswered();
        WireFrame encoded;
        try {
            encoded = FrameCodec.encode(frame.apply(id));
        } catch (RuntimeException | Error fault) {
            LOG.error("A request couldn't be made", fault);
            refuse(id, ErrorCode.INTERNAL);
            return;
        }
        if (encoded.size() <= maxFrameBytes) {
            offer(encoded);
        } else {
            refuse(id, ErrorCode.TOO_LARGE); // it would cost the connection, and the next one as well
        }
    }

    /** Answers a request that didn't go out, once whoever makes it is through with that. */
    private void refuse(int id, ErrorCode code) {
        loop.execute(() -> dispatchRefusal(id, code));
    }

    private void dispatchRefusal(int id, ErrorCode code) {
        if (!ended) {
            dispatch(new ServerFrame.Refused(
                    id, code, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
        }
    }

    /** The server has taken the frame of that id, and answers it much later perhaps: it counts no more among those on their way. */
    void shelve(int id) {
        if (pending.containsKey(id) && shelved.add(id)) {
            countUnanswered();
            if (crowded) {
                crowded = false;
                goOn();
            }
        }
    }

    private int underWay() {
        return pending.size() - shelved.size();
    }

    private void countUnanswered() {
        if (pacer != null) {
            pacer.unanswered(underWay(), loop.nanoTime());
        }
    }

    private int nextId() {
        do {
            lastId = lastId == Frame.MAX_ID ? 1 : lastId + 1;
        } while (pending.containsKey(lastId));
        return lastId;
    }

    /** The server's ping may wait unread, behind much else or because reading is held: life must be shown without it. */
    private void onRest() {
        if (loop.nanoTime() - lastSaid >= maxRest.toNanos()) {
            tell(new Ping());
        }
        rest = loop.after(maxRest.minusNanos(loop.nanoTime() - lastSaid), this::onRest);
    }

    private void offer(ClientFrame frame) {
        offer(FrameCodec.encode(frame));
    }

    private void offer(WireFrame frame) {
        lastSaid = loop.nanoTime();
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
        lastHeard = loop.nanoTime();
        known.ifPresent(frame -> {
            if (frame instanceof Ping) {
                tell(new Pong());
            } else {
                dispatch(frame);
            }
        });
    }

    private void dispatch(ServerFrame frame) {
        @Nullable Request request = frame.id() == 0 ? null : pending.remove(frame.id());
        if (request == null) {
            owner.received(this, frame);
            return;
        }
        shelved.remove(frame.id());
        countUnanswered();
        if (frame instanceof ServerFrame.Refused refusal) {
            slowDown(refusal);
            request.refused(refusal);
        } else {
            request.answered(frame);
        }
        if (crowded) {
            crowded = false;
            goOn();
        }
    }

    private void slowDown(ServerFrame.Refused refusal) {
        if (pacer != null
                && refusal.code() == ErrorCode.RATE_LIMITED
                && refusal.retry().isPresent()) {
            pacer.pause(refusal.retry().get(), loop.nanoTime());
        }
    }

    private void onGone(CloseReason reason) {
        gone = true;
        end(reason);
        whenGone.run();
    }

    /** Stops reading while the application's listeners are behind, or goes on. */
    void holdReading(boolean hold) {
        held = hold;
        lastHeard = loop.nanoTime();
        regulateReading();
    }

    private void regulateReading() {
        if (connection != null && !ended) {
            connection.setReading(!held && unread.get() <= MAX_UNREAD_BYTES);
        }
    }

    private void watchSilence(Duration max) {
        maxSilence = max;
        lastHeard = loop.nanoTime();
        watch.cancel();
        watch = loop.after(max, this::onWatch);
    }

    private void onWatch() {
        // While this side doesn't read, the silence is its own.
        long silentFor = held ? 0 : loop.nanoTime() - lastHeard;
        long left = maxSilence.toNanos() - silentFor;
        if (left <= 0) {
            if (pacer == null) { // before the welcome; later on it is nothing special
                failed(new TransportException("the server says nothing for " + NoConnection.words(maxSilence)
                        + " after it was connected. Is a chat server there?"));
            }
            LOG.info("Nothing heard for {}", NoConnection.words(maxSilence));
            giveUp(CloseReason.HEARTBEAT);
        } else {
            watch = loop.after(Duration.ofNanos(left), this::onWatch);
        }
    }

    /** Takes what the transport brings to the lane, in order. Transport thread only. */
    private final class Receiver implements ConnectionListener {
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
        public void drained() {}

        @Override
        public void closed(CloseReason reason) {
            loop.execute(() -> onGone(reason));
        }
    }
}
