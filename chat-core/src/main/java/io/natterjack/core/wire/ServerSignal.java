package io.natterjack.core.wire;

import io.natterjack.core.CallSignal;
import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.Notify;
import io.natterjack.core.PresenceState;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a server says of now, which may get lost and heals by itself. */
public sealed interface ServerSignal extends ServerFrame
        permits ServerSignal.Marked,
                ServerSignal.Typed,
                ServerSignal.Presence,
                ServerSignal.Bump,
                ServerSignal.Standing,
                ServerSignal.Notified,
                ServerSignal.Queued,
                ServerSignal.Called {
    /** How far a member has read, or this user on another device. */
    final class Marked extends Value implements ServerSignal {
        private final RoomId room;
        private final UserId user;
        private final long delivered;
        private final long read;

        /**
         * Makes a frame.
         *
         * @param delivered a seq; 0 for no news
         * @param read a seq; 0 for no news
         */
        public Marked(RoomId room, UserId user, long delivered, long read) {
            this.room = Objects.requireNonNull(room);
            this.user = Objects.requireNonNull(user);
            this.delivered = delivered;
            this.read = read;
        }

        public RoomId room() {
            return room;
        }

        public UserId user() {
            return user;
        }

        /** Returns a seq; 0 for no news. */
        public long delivered() {
            return delivered;
        }

        /** Returns a seq; 0 for no news. */
        public long read() {
            return read;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.marked(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, user, delivered, read);
        }
    }

    /** A member is writing something, or is no more. */
    final class Typed extends Value implements ServerSignal {
        private final RoomId room;
        private final UserId user;
        private final boolean on;

        /**
         * Makes a frame.
         *
         * @param on whether it is so, for a few seconds
         */
        public Typed(RoomId room, UserId user, boolean on) {
            this.room = Objects.requireNonNull(room);
            this.user = Objects.requireNonNull(user);
            this.on = on;
        }

        public RoomId room() {
            return room;
        }

        public UserId user() {
            return user;
        }

        /** Tells whether it is so, for a few seconds. */
        public boolean isOn() {
            return on;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.typed(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, user, on);
        }
    }

    /** How somebody is to be seen. */
    final class Presence extends Value implements ServerSignal {
        private final UserId user;
        private final PresenceState state;

        /** Makes a frame. */
        public Presence(UserId user, PresenceState state) {
            this.user = Objects.requireNonNull(user);
            this.state = Objects.requireNonNull(state);
        }

        public UserId user() {
            return user;
        }

        public PresenceState state() {
            return state;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.presence(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(user, state);
        }
    }

    /** Something happened in a room that isn't joined here. */
    final class Bump extends Value implements ServerSignal {
        private final RoomId room;
        private final Cursor head;
        private final long timestamp;
        private final UserId sender;
        private final Optional<String> preview;

        /**
         * Makes a frame.
         *
         * @param head where the room is now
         * @param timestamp when, Unix milliseconds
         * @param sender who did it
         * @param preview the text of a message, shortened
         */
        public Bump(RoomId room, Cursor head, long timestamp, UserId sender, Optional<String> preview) {
            this.room = Objects.requireNonNull(room);
            this.head = Objects.requireNonNull(head);
            this.timestamp = timestamp;
            this.sender = Objects.requireNonNull(sender);
            this.preview = Objects.requireNonNull(preview);
        }

        public RoomId room() {
            return room;
        }

        /** Returns where the room is now. */
        public Cursor head() {
            return head;
        }

        /** Returns when, Unix milliseconds. */
        public long timestamp() {
            return timestamp;
        }

        /** Returns who did it. */
        public UserId sender() {
            return sender;
        }

        /** Returns the text of a message, shortened. */
        public Optional<String> preview() {
            return preview;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.bump(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, head, timestamp, sender, preview);
        }
    }

    /** This user stands otherwise to a room than before: invited, added, removed, banned. */
    final class Standing extends Value implements ServerSignal {
        private final RoomId room;
        private final RoomChange.Member change;
        private final UserId by;

        /**
         * Makes a frame.
         *
         * @param by who did it
         */
        public Standing(RoomId room, RoomChange.Member change, UserId by) {
            this.room = Objects.requireNonNull(room);
            this.change = Objects.requireNonNull(change);
            this.by = Objects.requireNonNull(by);
        }

        public RoomId room() {
            return room;
        }

        public RoomChange.Member change() {
            return change;
        }

        /** Returns who did it. */
        public UserId by() {
            return by;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.standing(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, change, by);
        }
    }

    /** This user has another setting of notifications, by another device. */
    final class Notified extends Value implements ServerSignal {
        private final RoomId room;
        private final Notify notifications;

        /** Makes a frame. */
        public Notified(RoomId room, Notify notifications) {
            this.room = Objects.requireNonNull(room);
            this.notifications = Objects.requireNonNull(notifications);
        }

        public RoomId room() {
            return room;
        }

        public Notify notifications() {
            return notifications;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.notified(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, notifications);
        }
    }

    /** What this client has sent waits where it is safe, for a store that is busy or away; its {@code ack} comes later. */
    final class Queued extends Value implements ServerSignal {
        private final RoomId room;
        private final ClientId clientId;

        /** Makes a frame. */
        public Queued(RoomId room, ClientId clientId) {
            this.room = Objects.requireNonNull(room);
            this.clientId = Objects.requireNonNull(clientId);
        }

        public RoomId room() {
            return room;
        }

        public ClientId clientId() {
            return clientId;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.queued(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, clientId);
        }
    }

    /** A signal of a call. */
    final class Called extends Value implements ServerSignal {
        private final RoomId room;
        private final UserId from;
        private final CallSignal signal;

        /**
         * Makes a frame.
         *
         * @param from who sent it
         */
        public Called(RoomId room, UserId from, CallSignal signal) {
            this.room = Objects.requireNonNull(room);
            this.from = Objects.requireNonNull(from);
            this.signal = Objects.requireNonNull(signal);
        }

        public RoomId room() {
            return room;
        }

        /** Returns who sent it. */
        public UserId from() {
            return from;
        }

        public CallSignal signal() {
            return signal;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.called(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, from, signal);
        }
    }

    /** One method a frame. */
    interface Handler<R> {
        R marked(Marked frame);

        R typed(Typed frame);

        R presence(Presence frame);

        R bump(Bump frame);

        R standing(Standing frame);

        R notified(Notified frame);

        R queued(Queued frame);

        R called(Called frame);
    }
}
