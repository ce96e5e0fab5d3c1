package io.natterjack.core.wire;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.DeviceId;
import io.natterjack.core.EventKind;
import io.natterjack.core.HistoryQuery;
import io.natterjack.core.MessageBody;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.SessionId;
import io.natterjack.core.Target;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client sends.
 */
public sealed interface ClientFrame extends Frame
        permits ClientFrame.Hello,
                ClientFrame.Auth,
                ClientFrame.Join,
                ClientFrame.Leave,
                ClientFrame.Send,
                ClientFrame.Change,
                ClientFrame.History,
                ClientFrame.Changes,
                ClientFrame.Bye,
                ClientSignal,
                PeopleRequest,
                Ping,
                Pong {
    /** The longest token, in bytes. */
    int MAX_TOKEN_BYTES = 8 * 1024;

    /** The most rooms in a {@code hello}. */
    int MAX_ROOMS = 500;

    /** The most events that a {@code join} may ask for without a cursor. */
    int MAX_TAIL = 100;

    /** The most messages on a page of {@code changes}. */
    int MAX_CHANGES = 200;

    /** Returns the id that the reply shall carry; 0 if none is wanted. */
    default int id() {
        return 0;
    }

    /** Hands this frame to the method of its type. */
    <R> R handle(Handler<R> handler);

    /** First frame: who I am, and where I left off. */
    final class Hello extends Value implements ClientFrame {
        private final int id;
        private final String token;
        private final DeviceId device;
        private final Optional<SessionId> session;
        private final List<RoomCursor> rooms;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param token proves who is there; at most {@value #MAX_TOKEN_BYTES} bytes
         * @param session that of the connection this one replaces
         * @param rooms to be joined at once; at most {@value #MAX_ROOMS}
         */
        public Hello(int id, String token, DeviceId device, Optional<SessionId> session, List<RoomCursor> rooms) {
            FrameChecks.requireId(id);
            FrameChecks.requireToken(token);
            FrameChecks.requireAtMost("rooms", rooms.size(), MAX_ROOMS);
            this.id = id;
            this.token = Objects.requireNonNull(token);
            this.device = Objects.requireNonNull(device);
            this.session = Objects.requireNonNull(session);
            this.rooms = List.copyOf(rooms);
        }

        @Override
        public int id() {
            return id;
        }

        public String token() {
            return token;
        }

        public DeviceId device() {
            return device;
        }

        public Optional<SessionId> session() {
            return session;
        }

        public List<RoomCursor> rooms() {
            return rooms;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.hello(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, token, device, session, rooms);
        }

        @Override
        public String toString() {
            return "Hello[" + device + ", " + rooms.size() + " rooms]";
        }
    }

    /** A newer token for the same user, on the live connection. Answered by {@code ok}. */
    final class Auth extends Value implements ClientFrame {
        private final int id;
        private final String token;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param token at most {@link #MAX_TOKEN_BYTES} bytes
         */
        public Auth(int id, String token) {
            FrameChecks.requireId(id);
            FrameChecks.requireToken(token);
            this.id = id;
            this.token = Objects.requireNonNull(token);
        }

        @Override
        public int id() {
            return id;
        }

        public String token() {
            return token;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.auth(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, token);
        }

        @Override
        public String toString() {
            return "Auth[" + id + "]";
        }
    }

    /** Bring me the events of this room. Answered by {@code joined} and the events missed. */
    final class Join extends Value implements ClientFrame {
        private final int id;
        private final RoomId room;
        private final Optional<Cursor> cursor;
        private final int tail;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param cursor the last event that the client has
         * @param tail without a cursor, how many of the last events to bring; 0 to {@value #MAX_TAIL}
         */
        public Join(int id, RoomId room, Optional<Cursor> cursor, int tail) {
            FrameChecks.requireId(id);
            FrameChecks.requireAtMost("tail", tail, MAX_TAIL);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.cursor = Objects.requireNonNull(cursor);
            this.tail = tail;
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public Optional<Cursor> cursor() {
            return cursor;
        }

        public int tail() {
            return tail;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.join(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, cursor, tail);
        }
    }

    /** No more events of this room. Answered by {@code left} and {@code ok}. */
    final class Leave extends Value implements ClientFrame {
        private final int id;
        private final RoomId room;
        private final boolean quit;

        /** Makes a frame that doesn't end the membership. */
        public Leave(int id, RoomId room) {
            this(id, room, false);
        }

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param quit whether the membership ends too
         */
        public Leave(int id, RoomId room, boolean quit) {
            FrameChecks.requireId(id);
            this.quit = quit;
            this.id = id;
            this.room = Objects.requireNonNull(room);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        /** Tells whether the membership ends too. */
        public boolean isQuit() {
            return quit;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.leave(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, quit);
        }
    }

    /** A message for a joined room. Answered by {@code ack}. */
    final class Send extends Value implements ClientFrame {
        private final int id;
        private final RoomId room;
        private final ClientId clientId;
        private final MessageBody body;
        private final Optional<Target> replyTo;
        private final boolean resend;

        /** Makes a frame of a message that replies to none. */
        public Send(int id, RoomId room, ClientId clientId, MessageBody body, boolean resend) {
            this(id, room, clientId, body, Optional.empty(), resend);
        }

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param replyTo the message that it replies to
         * @param resend whether this may have been sent before
         */
        public Send(
                int id, RoomId room, ClientId clientId, MessageBody body, Optional<Target> replyTo, boolean resend) {
            this.replyTo = Objects.requireNonNull(replyTo);
            FrameChecks.requireId(id);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.clientId = Objects.requireNonNull(clientId);
            this.body = Objects.requireNonNull(body);
            this.resend = resend;
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

        public MessageBody body() {
            return body;
        }

        /** Returns the message that it replies to. */
        public Optional<Target> replyTo() {
            return replyTo;
        }

        public boolean isResend() {
            return resend;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.send(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, clientId, body, replyTo, resend);
        }
    }

    /**
     * A change of a message or of the room, whose type is its {@linkplain RoomChange#kind kind}: {@code edit}, {@code revoke}, {@code
     * react}, {@code pin}, {@code member}, {@code room}, {@code create}. Answered by {@code ack}.
     */
    final class Change extends Value implements ClientFrame {
        private final int id;
        private final RoomId room;
        private final ClientId clientId;
        private final RoomChange change;
        private final boolean resend;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param change any but an erasure or a trimming, which are the server's own
         * @param resend whether this may have been sent before
         */
        public Change(int id, RoomId room, ClientId clientId, RoomChange change, boolean resend) {
            FrameChecks.requireId(id);
            if (change.kind() == EventKind.ERASED || change.kind() == EventKind.TRIMMED) {
                throw new IllegalArgumentException("a client neither erases nor trims");
            }
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.clientId = Objects.requireNonNull(clientId);
            this.change = change;
            this.resend = resend;
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

        public RoomChange change() {
            return change;
        }

        public boolean isResend() {
            return resend;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.change(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, clientId, change, resend);
        }
    }

    /** A page of messages. Answered by {@code page}. */
    final class History extends Value implements ClientFrame {
        private final int id;
        private final OptionalLong epoch;
        private final HistoryQuery query;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param epoch the epoch that the seq of the query is of; absent for the current one
         */
        public History(int id, OptionalLong epoch, HistoryQuery query) {
            FrameChecks.requireId(id);
            this.id = id;
            this.epoch = Objects.requireNonNull(epoch);
            this.query = Objects.requireNonNull(query);
        }

        @Override
        public int id() {
            return id;
        }

        public OptionalLong epoch() {
            return epoch;
        }

        public HistoryQuery query() {
            return query;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.history(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, epoch, query);
        }
    }

    /** The messages that changed since a rev, each once. Answered by {@code page}. */
    final class Changes extends Value implements ClientFrame {
        private final int id;
        private final RoomId room;
        private final OptionalLong epoch;
        private final long since;
        private final int limit;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param epoch the epoch that {@code since} is of; absent for the current one
         * @param since a seq, 0 for all
         * @param limit 1 to {@value #MAX_CHANGES}
         */
        public Changes(int id, RoomId room, OptionalLong epoch, long since, int limit) {
            FrameChecks.requireId(id);
            FrameChecks.requireRange("since", since, 0, Cursor.MAX);
            FrameChecks.requireRange("limit", limit, 1, MAX_CHANGES);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.epoch = Objects.requireNonNull(epoch);
            this.since = since;
            this.limit = limit;
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public OptionalLong epoch() {
            return epoch;
        }

        public long since() {
            return since;
        }

        public int limit() {
            return limit;
        }

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.changes(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, epoch, since, limit);
        }
    }

    /** I am going, and not coming back. */
    final class Bye extends Value implements ClientFrame {
        /**
         * Makes a frame.
         */
        public Bye() {}

        @Override
        public <R> R handle(Handler<R> handler) {
            return handler.bye(this);
        }

        @Override
        protected List<?> parts() {
            return List.of();
        }
    }

    /** One method a frame, so that the compiler finds each place that a new frame must be added to. */
    interface Handler<R> extends ClientSignal.Handler<R>, PeopleRequest.Handler<R> {
        R hello(Hello frame);

        R auth(Auth frame);

        R join(Join frame);

        R leave(Leave frame);

        R send(Send frame);

        R change(Change frame);

        R history(History frame);

        R changes(Changes frame);

        R bye(Bye frame);

        R ping(Ping frame);

        R pong(Pong frame);
    }
}
