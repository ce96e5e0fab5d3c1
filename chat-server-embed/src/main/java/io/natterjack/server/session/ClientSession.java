package io.natterjack.server.session;

import io.natterjack.core.CloseReason;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Principal;
import io.natterjack.core.ProtocolException;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.lane.Lane;
import io.natterjack.core.spi.Connection;
import io.natterjack.core.spi.ConnectionListener;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.FrameCodec;
import io.natterjack.core.wire.Ping;
import io.natterjack.core.wire.ServerFrame;
import io.natterjack.core.wire.WireFrame;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's half of one connection.
 *
 * <pre>
 *   NEW ──hello──▶ AUTHENTICATING ──principal──▶ OPEN
 *    │                   │                        │
 *    └── no hello ───────┴── refused ─────────────┴── bye, silence, expiry, flood, lost ──▶ CLOSED
 * </pre>
 *
 * What a client sends behind its {@code hello} waits until it is known who that is.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   transport thread   heard, received, drained, closed     count, hand over; never blocks
 *   any thread         drain, close, replaceBy, ping, lost
 *   session lane       all else                             one task at a time, owns the state below
 * </pre>
 */
final class ClientSession implements ConnectionListener, OpenSession, Heartbeats.Pulse {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

    /** In place of what is over, so that it isn't kept. */
    private static final Scheduler.Cancellable NOTHING = () -> {};

    /** How many bad frames in a row it takes to be thrown out. */
    private static final int MAX_BAD_FRAMES = 10;

    private enum State {
        NEW,
        AUTHENTICATING,
        OPEN,
        CLOSED
    }

    private final SessionContext context;
    private final Sessions sessions;
    private final Connection connection;
    private final SessionId id;
    private final Lane lane;
    private final Inbox inbox;
    private final Heartbeats.Beat beat;
    private final Authentication authentication;
    private final TokenBucket rate;

    // Session lane only.
    private State state = State.NEW;

    // Written on the session's lane, read by any thread.
    private volatile @Nullable Requests requests;
    private volatile @Nullable Principal who;
    private volatile @Nullable DeviceId device;
    private volatile long since;

    // Session lane only.
    private Scheduler.Cancellable helloTimeout = NOTHING;
    private int badFrames;
    private long verifiedSince;

    ClientSession(SessionContext context, Sessions sessions, Connection connection) {
        this.context = context;
        this.sessions = sessions;
        this.connection = connection;
        this.id = context.sessionIds().get();
        this.lane = new Lane(context.lanes());
        this.inbox = new Inbox(connection, lane, sessions.unread(), this::frame);
        this.beat = sessions.heartbeats().beat(this);
        this.authentication = new Authentication(context, lane, connection.remote());
        this.rate = new TokenBucket(
                context.scheduler(),
                context.settings().limits().framesPerSecond(),
                context.settings().limits().burst());
    }

    /** Starts the clock of a new connection. */
    void start() {
        lane.execute(() -> helloTimeout = context.scheduler()
                .after(context.settings().helloTimeout(), () -> lane.execute(this::giveUpWithoutHello)));
    }

    SessionId id() {
        return id;
    }

    @Override
    public void heard() {
        sessions.heartbeats().heard(beat);
    }

    @Override
    public void received(String text) {
        inbox.received(text);
    }

    @Override
    public void drained() {
        lane.execute(() -> {
            Requests opened = requests;
            if (opened != null) {
                opened.drained();
            }
        });
    }

    @Override
    public void closed(CloseReason reason) {
        LOG.debug("{}: closed with {}", connection.id(), reason.code());
        lane.execute(this::forget);
        sessions.disconnected(this);
    }

    /** Asks the client to come back later, elsewhere or here. */
    void drain(Duration after, Duration spread) {
        lane.execute(() -> {
            if (state == State.OPEN) {
                send(new ServerFrame.Drain(after, spread));
            }
        });
    }

    /** Ends the session if it is one of {@code user} whose token was made until then. */
    void endIfRevoked(UserId user, long issuedBefore) {
        lane.execute(() -> {
            Principal principal = who;
            if (principal != null && principal.user().equals(user) && principal.isRevokedBy(issuedBefore)) {
                end(CloseReason.AUTH);
            }
        });
    }

    /** Ends the session. */
    void close(CloseReason reason) {
        lane.execute(() -> end(reason));
    }

    @Override
    public void ping() {
        lane.execute(() -> {
            if (state == State.OPEN) {
                send(new Ping());
            }
        });
    }

    @Override
    public void lost() {
        close(CloseReason.HEARTBEAT);
    }

    /** Ends this session if a newer connection of {@code user} names it; another user's is left alone. */
    void replaceBy(UserId user) {
        lane.execute(() -> {
            if (state == State.OPEN
                    && authentication.user().filter(user::equals).isPresent()) {
                end(CloseReason.REPLACED);
            }
        });
    }

    /** Somebody has blocked {@code other}, or does so no more, and {@code room} is their direct room. */
    void blocked(RoomId room, UserId other) {
        lane.execute(() -> {
            Requests opened = requests;
            if (opened != null) {
                opened.blocked(room, other);
            }
        });
    }

    /** Returns what the host may know of this session; nothing if nobody is let in yet. */
    Optional<SessionInfo> info() {
        Requests opened = requests;
        Principal user = who;
        DeviceId from = device;
        if (opened == null || user == null || from == null) {
            return Optional.empty();
        }
        return Optional.of(new SessionInfo(
                id, user.user(), from, since, connection.remote(), opened.rooms(), connection.queuedBytes()));
    }

    // All below: session lane only.

    private void giveUpWithoutHello() {
        if (state == State.NEW) {
            end(CloseReason.HEARTBEAT);
        }
    }

    private void frame(String text) {
        if (state == State.CLOSED) {
            return;
        }
        try {
            answer(text);
        } catch (RuntimeException fault) {
            LOG.error("{}: a frame couldn't be answered", connection.id(), fault);
            end(CloseReason.INTERNAL);
        }
    }

    private void answer(String text) {
        Duration wait = rate.take();
        if (rate.debt() > 4 * context.settings().limits().burst()) {
            end(CloseReason.FLOOD);
            return;
        }
        ClientFrame frame;
        try {
            frame = FrameCodec.decodeClient(text);
        } catch (ProtocolException bad) {
            badFrame(bad);
            return;
        }
        badFrames = 0;
        Requests opened = requests;
        if (opened != null) {
            opened.handle(frame, wait);
        } else if (frame instanceof ClientFrame.Hello hello) {
            hello(hello);
        } else {
            LOG.debug("{}: first frame wasn't hello", connection.id());
            end(CloseReason.PROTOCOL);
        }
    }

    private void badFrame(ProtocolException bad) {
        LOG.debug("{}: {}", connection.id(), bad.getMessage());
        refuse(bad.requestId(), bad.code(), String.valueOf(bad.getMessage()));
        if (bad.code() == ErrorCode.BAD_FRAME) {
            badFrames++;
        }
        if (requests == null || badFrames > MAX_BAD_FRAMES) {
            end(CloseReason.PROTOCOL);
        }
    }

    private void hello(ClientFrame.Hello hello) {
        state = State.AUTHENTICATING;
        helloTimeout.cancel();
        helloTimeout = NOTHING;
        inbox.hold();
        device = hello.device();
        verifiedSince = context.scheduler().nanoTime();
        authentication.begin(hello.token(), hello.device(), new Authentication.Answer() {
            @Override
            public void accepted(Principal principal) {
                welcome(hello, principal);
            }

            @Override
            public void refused(ErrorCode code, String reason) {
                refusedToken(hello.id(), code, reason);
            }

            @Override
            public void unknown() {
                refuseForNow(hello.id(), "the token can't be verified now");
                end(CloseReason.INTERNAL);
            }
        });
    }

    private void refusedToken(int requestId, ErrorCode code, String reason) {
        context.log().refusedToken(connection, reason);
        refuse(requestId, code, "the token doesn't let you in");
        end(CloseReason.AUTH);
    }

    private void welcome(ClientFrame.Hello hello, Principal principal) {
        if (state != State.AUTHENTICATING) {
            return;
        }
        state = State.OPEN;
        who = principal;
        sessions.opened(this, principal.user());
        if (sessions.isRevokedSince(verifiedSince, principal)) {
            refusedToken(hello.id(), ErrorCode.UNAUTHORIZED, "revoked");
            return;
        }
        hello.session().ifPresent(former -> sessions.replace(former, principal.user()));
        LOG.debug("{}: user {} on device {}", connection.id(), principal.user(), hello.device());
        since = context.scheduler().wallMillis();
        Accesses accesses = new Accesses(context, principal.user(), () -> Objects.requireNonNull(who));
        Requests opened =
                new Requests(context, connection, lane, id, accesses, hello.device(), this, sessions.unanswered());
        send(new ServerFrame.Welcome(
                hello.id(),
                id,
                principal.user(),
                context.scheduler().wallMillis(),
                (int) context.settings().heartbeat().toMillis(),
                context.settings().limits(),
                authentication.expiresAt()));
        if (state == State.CLOSED) {
            // It was lost meanwhile: nobody would ever take it out of its rooms.
            opened.close();
            return;
        }
        authentication.watchExpiry(this::expiring, () -> end(CloseReason.AUTH));
        sessions.heartbeats().start(beat);
        requests = opened;
        opened.opened();
        opened.join(hello.rooms());
        inbox.release();
    }

    @Override
    public void renew(ClientFrame.Auth frame) {
        boolean begun = authentication.renew(frame.token(), new Authentication.Answer() {
            @Override
            public void accepted(Principal principal) {
                who = principal;
                authentication.watchExpiry(ClientSession.this::expiring, () -> end(CloseReason.AUTH));
                send(new ServerFrame.Ok(frame.id(), authentication.expiresAt()));
            }

            @Override
            public void refused(ErrorCode code, String reason) {
                refusedToken(frame.id(), code, reason);
            }

            @Override
            public void unknown() {
                refuseForNow(frame.id(), "the token can't be verified now");
            }
        });
        if (!begun) {
            refuseForNow(frame.id(), "another token is being verified");
        }
    }

    private void expiring(Duration in) {
        send(new ServerFrame.Expiring(in));
    }

    private void refuse(int requestId, ErrorCode code, String message) {
        send(ServerFrame.Refused.of(requestId, code, message));
    }

    private void refuseForNow(int requestId, String message) {
        send(new ServerFrame.Refused(
                requestId,
                ErrorCode.UNAVAILABLE,
                Optional.of(message),
                Optional.of(Duration.ofSeconds(1)),
                Optional.empty(),
                Optional.empty()));
    }

    @Override
    public void send(ServerFrame frame) {
        WireFrame encoded = FrameCodec.encode(frame);
        if (!connection.offer(encoded) && !refusesInstead(frame, encoded)) {
            end(CloseReason.SLOW_CONSUMER);
        }
    }

    /** An answer that isn't taken though nothing waits will never fit: whoever came again for it would be cut again. */
    private boolean refusesInstead(ServerFrame frame, WireFrame encoded) {
        if (frame.id() == 0 || encoded.size() < context.lowMark() || connection.queuedBytes() > 0) {
            return false;
        }
        ServerFrame refused = ServerFrame.Refused.of(
                frame.id(), ErrorCode.TOO_LARGE, "the answer is larger than what may wait to be sent");
        return connection.offer(encoded) || connection.offer(FrameCodec.encode(refused));
    }

    @Override
    public void end(CloseReason reason) {
        connection.close(reason);
        forget();
    }

    private void forget() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        inbox.close();
        helloTimeout.cancel();
        sessions.heartbeats().stop(beat);
        authentication.stop();
        Principal principal = who;
        if (principal != null) {
            sessions.closed(this, principal.user());
        }
        Requests opened = requests;
        if (opened != null) {
            opened.close();
        }
    }
}
