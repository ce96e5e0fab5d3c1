package io.natterjack.core.wire;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.Membership;
import io.natterjack.core.Page;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.RoomSettings;
import io.natterjack.core.SessionId;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server sends.
 */
public sealed interface ServerFrame extends Frame
        permits ServerFrame.Welcome,
                ServerFrame.Joined,
                ServerFrame.Left,
                ServerFrame.Ev,
                ServerFrame.Ack,
                ServerFrame.Ok,
                ServerFrame.Refused,
                ServerFrame.Messages,
                ServerFrame.Expiring,
                ServerFrame.Drain,
                ServerSignal,
                PeopleAnswer,
                Ping,
                Pong {
    /** Returns the id of the request that this answers; 0 if it answers none. */
    default int id() {
        return 0;
    }

    /** Hands this frame to the method of its type. */
    <R> R handle(Handler<R> handler);

    /** You are in. */
    final class Welcome extends Value implements ServerFrame {
        private final int id;
        private final SessionId session;
        private final UserId user;
        private final long now;
        private final int heartbeat;
        private final Limits limits;
        private final OptionalLong expiresAt;

        /**
         * Makes a frame.
         *
         * @param id that of the {@code hello}
         * @param session names this session when the client comes back; a secret
         * @param now the server's clock in Unix milliseconds
         * @param heartbeat after how many milliseconds without a frame the server pings
         * @param expiresAt when the token expires, Unix milliseconds
         */
        public Welcome(
                int id,
                SessionId session,
                UserId user,
                long now,
                int heartbeat,
                Limits limits,
                OptionalLong expiresAt) {
            this.id = id;
            this.session = Objects.requireNonNull(session);
            this.user = Objects.requireNonNull(user);
            this.now = now;
            this.heartbeat = heartbeat;
            this.limits = Objects.requireNonNull(limits);
            this.expiresAt = Objects.requireNonNull(expiresAt);
        }

        @Override
        public int id() {
            return id;
        }

        public SessionId session() {
            return session;
        }

        public UserId user() {
            return user;
        }

        public long now() {
            return now;
        }

        public int heartbeat() {
            return heartbeat;
        }

        public Limits limits() {
            return limits;
        }

        public OptionalLong expiresAt() {
            return expiresAt;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.welcome(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, session, user, now, heartbeat, limits, expiresAt);
        }
    }

    /** The room's events come from now on. */
    final class Joined extends Value implements ServerFrame {
        /** What becomes of the events between the client's cursor and the head. */
        public enum Mode {
            /** Nothing was missed. */
            LIVE,
            /** What was missed follows as {@code ev}. */
            REPLAY,
            /** Too much was missed, or the cursor is of another past: {@code changes} tells; live events follow from the head. */
            GAP
        }

        private final int id;
        private final RoomId room;
        private final Mode mode;
        private final Cursor head;
        private final long after;
        private final OptionalLong base;
        private final long floor;
        private final RoomSettings settings;
        private final Optional<Membership> membership;

        /** Makes a frame of a room that nobody created. */
        public Joined(int id, RoomId room, Mode mode, Cursor head, long after, OptionalLong base, long floor) {
            this(id, room, mode, head, after, base, floor, RoomSettings.NONE, Optional.empty());
        }

        /**
         * Makes a frame.
         *
         * @param id that of the {@code join} or {@code hello}; 0 for none
         * @param head where the room is
         * @param after the seq after which events follow: the cursor to go on from
         * @param base if present, the cursor was of a past that the server doesn't share: drop what lies above this seq
         * @param floor the room shows nothing up to this seq: drop it; 0 if it shows all
         * @param settings how the room is set; {@link RoomSettings#NONE} if nobody created it
         * @param membership what the room knows of the user; nothing if they don't belong to it
         */
        public Joined(
                int id,
                RoomId room,
                Mode mode,
                Cursor head,
                long after,
                OptionalLong base,
                long floor,
                RoomSettings settings,
                Optional<Membership> membership) {
            this.settings = Objects.requireNonNull(settings);
            this.membership = Objects.requireNonNull(membership);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.mode = Objects.requireNonNull(mode);
            this.head = Objects.requireNonNull(head);
            this.after = after;
            this.base = Objects.requireNonNull(base);
            this.floor = floor;
        }

        /** Makes a frame of a room that shows all. */
        public Joined(int id, RoomId room, Mode mode, Cursor head, long after, OptionalLong base) {
            this(id, room, mode, head, after, base, 0);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public Mode mode() {
            return mode;
        }

        public Cursor head() {
            return head;
        }

        public long after() {
            return after;
        }

        public OptionalLong base() {
            return base;
        }

        /** Returns the seq up to which the room shows nothing, or nothing any more; 0 if it shows all. */
        public long floor() {
            return floor;
        }

        /** Returns how the room is set; {@link RoomSettings#NONE} if nobody created it. */
        public RoomSettings settings() {
            return settings;
        }

        /** Returns what the room knows of the user; nothing if they don't belong to it. */
        public Optional<Membership> membership() {
            return membership;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.joined(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, mode, head, after, base, floor, settings, membership);
        }
    }

    /** No more events of this room come on this connection. */
    final class Left extends Value implements ServerFrame {
        /** Why a room was left. */
        public enum Reason {
            /** The client asked for it. */
            QUIT,
            /** The user may no longer hear what happens here: removed, banned, or the room isn't open any more. */
            KICKED,
            /** A reason of a newer server. Never sent by this version. */
            OTHER
        }

        private final RoomId room;
        private final Reason reason;

        /**
         * Makes a frame.
         */
        public Left(RoomId room, Reason reason) {
            this.room = Objects.requireNonNull(room);
            this.reason = Objects.requireNonNull(reason);
        }

        public RoomId room() {
            return room;
        }

        public Reason reason() {
            return reason;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.left(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, reason);
        }
    }

    /** Events of a room, contiguous, live and replayed alike. */
    final class Ev extends Value implements ServerFrame {
        private final RoomId room;
        private final long epoch;
        private final List<RoomEvent> events;

        /**
         * Makes a frame.
         *
         * @param events at least one
         */
        public Ev(RoomId room, long epoch, List<RoomEvent> events) {
            if (events.isEmpty()) {
                throw new IllegalArgumentException("an ev frame has at least one event");
            }
            this.room = Objects.requireNonNull(room);
            this.epoch = epoch;
            this.events = List.copyOf(events);
        }

        public RoomId room() {
            return room;
        }

        public long epoch() {
            return epoch;
        }

        public List<RoomEvent> events() {
            return events;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.ev(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, epoch, events);
        }
    }

    /** The store has it. */
    final class Ack extends Value implements ServerFrame {
        private final int id;
        private final RoomId room;
        private final ClientId clientId;
        private final Cursor at;
        private final long timestamp;
        private final boolean duplicate;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         * @param at its place
         * @param timestamp its time, Unix milliseconds
         * @param duplicate whether it had been there before
         */
        public Ack(int id, RoomId room, ClientId clientId, Cursor at, long timestamp, boolean duplicate) {
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.clientId = Objects.requireNonNull(clientId);
            this.at = Objects.requireNonNull(at);
            this.timestamp = timestamp;
            this.duplicate = duplicate;
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public ClientId clientId() {
            return clientId;
        }

        public Cursor at() {
            return at;
        }

        public long timestamp() {
            return timestamp;
        }

        public boolean isDuplicate() {
            return duplicate;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.ack(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, clientId, at, timestamp, duplicate);
        }
    }

    /** Done. */
    final class Ok extends Value implements ServerFrame {
        private final int id;
        private final OptionalLong expiresAt;
        private final Optional<RoomId> room;

        /** Makes a frame that names no room. */
        public Ok(int id, OptionalLong expiresAt) {
            this(id, expiresAt, Optional.empty());
        }

        /**
         * Makes a frame.
         *
         * @param id that of the request
         * @param expiresAt after {@code auth}: when the new token expires, Unix milliseconds
         * @param room after {@code direct}: the room
         */
        public Ok(int id, OptionalLong expiresAt, Optional<RoomId> room) {
            this.room = Objects.requireNonNull(room);
            this.id = id;
            this.expiresAt = Objects.requireNonNull(expiresAt);
        }

        @Override
        public int id() {
            return id;
        }

        public OptionalLong expiresAt() {
            return expiresAt;
        }

        /** Returns the room that was asked for. */
        public Optional<RoomId> room() {
            return room;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.ok(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, expiresAt, room);
        }
    }

    /** Not done: the {@code error} frame. */
    final class Refused extends Value implements ServerFrame {
        private final int id;
        private final ErrorCode code;
        private final Optional<String> message;
        private final Optional<Duration> retry;
        private final Optional<RoomId> room;
        private final Optional<ClientId> clientId;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         * @param message for the programmer
         * @param retry present if the same may be tried again after it
         * @param room of a refused {@code send} or {@code join}
         * @param clientId of a refused {@code send}
         */
        public Refused(
                int id,
                ErrorCode code,
                Optional<String> message,
                Optional<Duration> retry,
                Optional<RoomId> room,
                Optional<ClientId> clientId) {
            this.id = id;
            this.code = Objects.requireNonNull(code);
            this.message = Objects.requireNonNull(message);
            this.retry = Objects.requireNonNull(retry);
            this.room = Objects.requireNonNull(room);
            this.clientId = Objects.requireNonNull(clientId);
        }

        /** Returns a refusal for good of a request that names no room, or whose room needn't be said. */
        public static Refused of(int id, ErrorCode code, String message) {
            return new Refused(id, code, Optional.of(message), Optional.empty(), Optional.empty(), Optional.empty());
        }

        @Override
        public int id() {
            return id;
        }

        public ErrorCode code() {
            return code;
        }

        public Optional<String> message() {
            return message;
        }

        public Optional<Duration> retry() {
            return retry;
        }

        public Optional<RoomId> room() {
            return room;
        }

        public Optional<ClientId> clientId() {
            return clientId;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.refused(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, code, message, retry, room, clientId);
        }
    }

    /** The {@code page} frame: messages as they stand. */
    final class Messages extends Value implements ServerFrame {
        private final int id;
        private final RoomId room;
        private final Page page;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         */
        public Messages(int id, RoomId room, Page page) {
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.page = Objects.requireNonNull(page);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public Page page() {
            return page;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.messages(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, page);
        }
    }

    /** The token expires soon: bring a newer one. */
    final class Expiring extends Value implements ServerFrame {
        private final Duration in;

        /**
         * Makes a frame.
         */
        public Expiring(Duration in) {
            this.in = Objects.requireNonNull(in);
        }

        public Duration in() {
            return in;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.expiring(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(in);
        }
    }

    /** The server is going down: connect anew at a random moment between {@code after} and {@code after + spread}. */
    final class Drain extends Value implements ServerFrame {
        private final Duration after;
        private final Duration spread;

        /**
         * Makes a frame.
         */
        public Drain(Duration after, Duration spread) {
            this.after = Objects.requireNonNull(after);
            this.spread = Objects.requireNonNull(spread);
        }

        public Duration after() {
            return after;
        }

        public Duration spread() {
            return spread;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.drain(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(after, spread);
        }
    }

    /** One method a frame, so that the compiler finds each place that a new frame must be added to. */
    interface Handler<R> extends ServerSignal.Handler<R>, PeopleAnswer.Handler<R> {
        R welcome(Welcome frame);

        R joined(Joined frame);

        R left(Left frame);

        R ev(Ev frame);

        R ack(Ack frame);

        R ok(Ok frame);

        R refused(Refused frame);

        R messages(Messages frame);

        R expiring(Expiring frame);

        R drain(Drain frame);

        R ping(Ping frame);

        R pong(Pong frame);
    }
}
