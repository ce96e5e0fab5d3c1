package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.CloseReason;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.TransportException;
import io.natterjack.core.spi.Connector;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One try to get a session, and the session that comes of it: a token, a connection, {@code hello}, {@code welcome}. Up to
 * the welcome it knows what to do by itself, after it frames go to the owner. Lane only.
 */
final class Attempt implements Link.Owner {
    /** Hears of an attempt. */
    interface Owner {
        /** The server has let the client in. */
        void welcomed(Attempt attempt, ServerFrame.Welcome welcome);

        /** A frame came on a session. */
        void received(Attempt attempt, ServerFrame frame);

        /** A session has allowance for more frames. */
        void writable(Attempt attempt);

        /** It is over, before or after the welcome. Called once and last, unless the owner closed it. */
        void ended(Attempt attempt, CloseReason reason);
    }

    /** Where to connect to, and as what. */
    static final class Target {
        final URI server;
        final Connector connector;
        final DeviceId device;
        final Duration timeout;

        Target(URI server, Connector connector, DeviceId device, Duration timeout) {
            this.server = server;
            this.connector = connector;
            this.device = device;
            this.timeout = timeout;
        }
    }

    /** How large a frame may be as long as the server hasn't said it. */
    static final int USUAL_FRAME_BYTES = 64 * 1024;

    /** How large the rooms of a {@code hello} may get at most. */
    private static final int MAX_ROOMS_BYTES = 48 * 1024;

    /** What a {@code hello} has beside its rooms and its token. */
    private static final int HELLO_BYTES = 1024;

    private static final int CURSOR_BYTES = 64;

    private final Target target;
    private final Owner owner;
    private final Supplier<Hail> hail;
    private final Link link;
    private final Map<RoomId, Hailed> asked = new HashMap<>();
    private String token = "";
    private int helloId;
    private @Nullable ChatException noToken;
    private @Nullable ErrorCode refused;
    private Duration retry = Duration.ZERO;
    private boolean welcomed;
    private boolean over;

    Attempt(Target target, Loop loop, Supplier<Hail> hail, Owner owner) {
        this.target = target;
        this.hail = hail;
        this.owner = owner;
        this.link = new Link(loop, this);
    }

    /** What the client wants to say in its {@code hello}, at the moment that it says it. */
    static final class Hail {
        final Optional<SessionId> session;
        final List<RoomFeed> rooms;
        final int maxFrameBytes;

        /**
         * Makes one.
         *
         * @param maxFrameBytes how large the server has let frames be
         */
        Hail(Optional<SessionId> session, List<RoomFeed> rooms, int maxFrameBytes) {
            this.session = session;
            this.rooms = rooms;
            this.maxFrameBytes = maxFrameBytes;
        }
    }

    private static final class Hailed {
        final RoomFeed feed;
        final Optional<Cursor> cursor;

        Hailed(RoomFeed feed, Optional<Cursor> cursor) {
            this.feed = feed;
            this.cursor = cursor;
        }
    }

    Link link() {
        return link;
    }

    boolean isWelcomed() {
        return welcomed;
    }

    /** Tells whether the token, if it doesn't let in, was good once. */
    boolean tokenRanOut() {
        return welcomed || refused == ErrorCode.TOKEN_EXPIRED;
    }

    /** Returns how long the server asked to wait before the next attempt; zero if it didn't. */
    Duration retry() {
        return retry;
    }

    /**
     * Returns what a person should know of an attempt that ended for {@code reason}: why there was no session, or how the server
     * broke the protocol on it. Nothing if a session ended as sessions do.
     */
    Optional<ChatException> failure(CloseReason reason) {
        if (noToken != null) {
            return Optional.of(noToken);
        }
        Optional<ChatException> ofLink = link.failure();
        return ofLink.isPresent() || welcomed ? ofLink : Optional.of(new TransportException(whyNotWelcomed(reason)));
    }

    private String whyNotWelcomed(CloseReason reason) {
        String server = NoConnection.address(target.server);
        if (refused == ErrorCode.TOKEN_EXPIRED) {
            return server + " says that the token has expired. Is one of the clocks wrong?";
        }
        return refused != null
                ? server + " lets this client in later: " + refused.wireName()
                : server + " ended the connection before it let this client in: " + reason.text() + " (" + reason.code()
                        + ")";
    }

    void start(Tokens tokens) {
        tokens.fetch(this::open, failure -> {
            if (!over) {
                noToken = failure;
                end(CloseReason.ABNORMAL);
            }
        });
    }

    private void open(String fetched) {
        if (!over) {
            token = fetched;
            link.open(target.connector, target.server, target.timeout);
        }
    }

    /** Ends it; the owner isn't told. */
    void close(CloseReason reason) {
        over = true;
        link.close(reason);
    }

    private void end(CloseReason reason) {
        if (!over) {
            over = true;
            owner.ended(this, reason);
        }
    }

    @Override
    public void opened(Link opened) {
        Hail now = hail.get();
        List<RoomCursor> rooms = roomsFor(now);
        helloId = link.ask(id -> new ClientFrame.Hello(id, token, target.device, now.session, rooms));
        token = "";
    }

    private List<RoomCursor> roomsFor(Hail now) {
        List<RoomCursor> rooms = new ArrayList<>();
        int maxBytes = Math.min(MAX_ROOMS_BYTES, now.maxFrameBytes - token.length() - HELLO_BYTES);
        int bytes = 0;
        for (RoomFeed feed : now.rooms) {
            bytes += feed.id().value().length() + CURSOR_BYTES;
            Optional<RoomCursor> room = feed.forHello();
            if (room.isPresent() && rooms.size() < ClientFrame.MAX_ROOMS && bytes <= maxBytes) {
                rooms.add(room.get());
                asked.put(feed.id(), new Hailed(feed, room.get().cursor()));
            }
        }
        return rooms;
    }

    /**
     * Has {@code feed} wait for its {@code joined} if the hello has asked for it; false if the feed must ask by itself: it is
     * newer than the hello, or stands in another epoch by now, so that the answer would mean something else.
     */
    boolean joinsByHello(RoomFeed feed) {
        Hailed hailed = asked.remove(feed.id());
        if (hailed == null || hailed.feed != feed || !sameEpoch(hailed.cursor, feed.cursor())) {
            return false;
        }
        feed.joinedByHello(link, helloId, hailed.cursor);
        return true;
    }

    /** Returns the rooms that the hello has asked for and nobody wants any more, once each feed has had its turn. */
    List<RoomId> unclaimed() {
        return new ArrayList<>(asked.keySet());
    }

    private static boolean sameEpoch(Optional<Cursor> a, Optional<Cursor> b) {
        return a.map(Cursor::epoch).equals(b.map(Cursor::epoch));
    }

    @Override
    public void received(Link from, ServerFrame frame) {
        if (welcomed) {
            owner.received(this, frame);
        } else if (frame instanceof ServerFrame.Welcome welcome) {
            welcomed = true;
            link.welcomed(welcome);
            owner.welcomed(this, welcome);
        } else if (frame instanceof ServerFrame.Refused refusal) {
            // The close frame follows, and says less.
            refused = refusal.code();
            retry = refusal.retry().orElse(Duration.ZERO);
        }
    }

    @Override
    public void writable(Link from) {
        if (welcomed) {
            owner.writable(this);
        }
    }

    @Override
    public void ended(Link from, CloseReason reason) {
        boolean byToken = refused == ErrorCode.UNAUTHORIZED || refused == ErrorCode.TOKEN_EXPIRED;
        end(!welcomed && byToken ? CloseReason.AUTH : reason);
    }
}
