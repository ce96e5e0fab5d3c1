package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.LogText;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when to connect, which connection serves, and when to try no more. Lane only.
 *
 * <p>There are two places for an attempt: {@code current} is the session that serves, {@code next} is being built. Usually
 * only one of them is taken. When a server drains, the next is built while the current one serves, and takes over with its
 * welcome; all that wasn't answered then goes out on it again.
 */
final class Connecting implements Attempt.Owner {
    /** Hears how it goes. Called on the lane. */
    interface Owner {
        /** Returns what there is to say in a {@code hello}. */
        Attempt.Hail hail();

        /** That is what is being done now; of {@link ClientState#ONLINE} and {@link ClientState#CLOSED} others tell. */
        void entered(ClientState state);

        /** That session serves from now on. */
        void online(Attempt attempt, ServerFrame.Welcome welcome);

        /** The session serves no more: nothing that it hasn't answered will be. */
        void offline();

        /** A frame came on the session that serves. */
        void received(ServerFrame frame);

        /** The session that serves has allowance for more frames. */
        void writable();

        /** Something a person should know of. */
        void alarm(ChatException alarm);

        /** There will be no session any more. */
        void over(CloseReason reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);
    private static final Duration BACKOFF_BASE = Duration.ofMillis(500);
    private static final Duration BACKOFF_CAP = Duration.ofSeconds(30);

    /** A session that lasted this long was a good one: the next pause is short again. */
    private static final Duration STEADY = Duration.ofSeconds(10);

    private final Attempt.Target target;
    private final Loop loop;
    private final Tokens tokens;
    private final Deliveries deliveries;
    private final Owner owner;
    private final Backoff backoff;
    private @Nullable Attempt current;
    private @Nullable Attempt next;
    private @Nullable TokenRefresh refresh;
    private Scheduler.Cancellable reconnect = () -> {};
    private Scheduler.Cancellable change = () -> {};
    private boolean changing;

    /** The moment within the window of the last drain. */
    private long comeBackAt;

    /** Whether a hello has named the current session, so that its end is no other client's doing. */
    private boolean handsOver;

    private boolean triedNewerToken;

    /** Why there is no session, as the listener was told last; empty if there is one. */
    private String told = "";

    private boolean waitsForListeners;
    private boolean holdsReading;
    private long onlineSince;

    Connecting(Attempt.Target target, Loop loop, Tokens tokens, Deliveries deliveries, Owner owner) {
        this.target = target;
        this.loop = loop;
        this.tokens = tokens;
        this.deliveries = deliveries;
        this.owner = owner;
        this.backoff = new Backoff(loop, BACKOFF_BASE, BACKOFF_CAP);
        this.comeBackAt = loop.nanoTime();
    }

    void connect() {
        if (deliveries.isBehind()) {
            waitsForListeners = true; // what a connection brings would only pile up
        } else {
            owner.entered(ClientState.CONNECTING);
            buildNext();
        }
    }

    private void buildNext() {
        Attempt attempt = new Attempt(target, loop, this::hail, this);
        next = attempt;
        attempt.start(tokens);
    }

    private Attempt.Hail hail() {
        handsOver = current != null;
        return owner.hail();
    }

    @Override
    public void welcomed(Attempt attempt, ServerFrame.Welcome welcome) {
        if (current != null) {
            retire(current);
        }
        current = attempt;
        next = null;
        handsOver = false;
        triedNewerToken = false;
        told = "";
        onlineSince = loop.nanoTime();
        refresh = new TokenRefresh(tokens, loop, attempt.link(), owner::alarm);
        holdsReading = false;
        regulateReading();
        owner.online(attempt, welcome);
    }

    private void retire(Attempt old) {
        detach();
        owner.offline();
        old.close(CloseReason.NORMAL);
    }

    /** The current session serves no more. */
    private void detach() {
        current = null;
        change.cancel();
        changing = false;
        if (refresh != null) {
            refresh.cancel();
        }
    }

    @Override
    public void received(Attempt attempt, ServerFrame frame) {
        if (attempt == current) {
            owner.received(frame);
        }
    }

    @Override
    public void writable(Attempt attempt) {
        if (attempt == current) {
            owner.writable();
        }
    }

    @Override
    public void ended(Attempt attempt, CloseReason reason) {
        if (!attempt.failure(reason).isPresent()) {
            LOG.info("Connection ended: {} ({})", reason.text(), reason.code());
        }
        if (attempt == next) {
            next = null;
            if (current == null) {
                goOn(attempt, reason);
            } else { // which serves until it ends too
                attempt.failure(reason).ifPresent(this::tellWhy);
            }
        } else if (attempt == current) {
            detach();
            owner.offline();
            if (next == null) {
                boolean byOwnHello = handsOver && reason.equals(CloseReason.REPLACED);
                goOn(attempt, byOwnHello ? CloseReason.ABNORMAL : reason);
            } else {
                attempt.failure(reason).ifPresent(this::tellWhy);
                owner.entered(ClientState.CONNECTING); // replaced or drained by now; the next is on its way
            }
        }
    }

    /** Decides what follows the end of the only connection. */
    private void goOn(Attempt ended, CloseReason reason) {
        if (ended.isWelcomed() && loop.nanoTime() - onlineSince >= STEADY.toNanos()) {
            backoff.reset();
        }
        // A token that was good once may have run out: a newer one deserves one attempt.
        boolean tokenRanOut = reason.equals(CloseReason.AUTH) && ended.tokenRanOut() && !triedNewerToken;
        triedNewerToken |= tokenRanOut;
        if (reason.shouldReconnect() || tokenRanOut) {
            ended.failure(reason).ifPresent(this::tellWhy);
            owner.entered(ClientState.WAITING);
            reconnect = loop.after(longest(backoff.next(), ended.retry(), untilDrained(reason)), this::connect);
        } else {
            owner.over(reason);
        }
    }

    /** Tells why there is no session: once, until there is one again or it is for another reason. */
    private void tellWhy(ChatException why) {
        String reason = String.valueOf(why.getMessage());
        if (!reason.equals(told)) {
            told = reason;
            owner.alarm(why);
        } else {
            LOG.debug("Still no session: {}", LogText.escape(reason));
        }
    }

    /** A server that closes what it has drained before the client's moment has come wants the clients spread all the same. */
    private Duration untilDrained(CloseReason reason) {
        return reason.equals(CloseReason.DRAIN) ? Duration.ofNanos(comeBackAt - loop.nanoTime()) : Duration.ZERO;
    }

    private static Duration longest(Duration... durations) {
        return Collections.max(Arrays.asList(durations));
    }

    // What the session that serves says of itself.

    /** It will be closed: builds another within the window. */
    void drained(ServerFrame.Drain drain) {
        if (!changing) {
            changing = true;
            Duration pause = drain.after().plus(loop.randomUpTo(drain.spread()));
            comeBackAt = loop.nanoTime() + pause.toNanos();
            change = loop.after(pause, () -> {
                if (next == null) {
                    buildNext();
                }
            });
        }
    }

    /** Its token expires {@code in} that time. */
    void expiring(Duration in) {
        if (refresh != null) {
            refresh.start(in);
        }
    }

    // Listeners that are slow.

    /** The application's listeners are behind, or have caught up. */
    void listenersChanged() {
        regulateReading();
        if (waitsForListeners && !deliveries.isBehind()) {
            waitsForListeners = false;
            connect();
        }
    }

    private void regulateReading() {
        boolean hold = deliveries.isBehind();
        if (current != null && hold != holdsReading) {
            holdsReading = hold;
            current.link().holdReading(hold);
        }
    }

    /** Says goodbye and tries no more; the owner isn't told. Returns the link that served, which isn't gone at once. */
    @Nullable
    Link end() {
        waitsForListeners = false;
        reconnect.cancel();
        @Nullable Attempt last = current;
        if (last != null) {
            detach();
            last.link().tell(new ClientFrame.Bye());
            last.close(CloseReason.NORMAL);
        }
        if (next != null) {
            next.close(CloseReason.NORMAL);
            next = null;
        }
        return last == null ? null : last.link();
    }
}
