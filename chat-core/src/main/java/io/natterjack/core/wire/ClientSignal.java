package io.natterjack.core.wire;

import io.natterjack.core.CallSignal;
import io.natterjack.core.PresenceState;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a client says of now, which may get lost and heals by itself. */
public sealed interface ClientSignal extends ClientFrame
        permits ClientSignal.Mark,
                ClientSignal.Typing,
                ClientSignal.SetPresence,
                ClientSignal.Call,
                ClientSignal.AskIce {
    /** The most people that one session may watch. */
    int MAX_WATCHED = 200;

    /** So far have I read, so far does this device have everything. No answer. */
    final class Mark extends Value implements ClientSignal {
        private final RoomId room;
        private final long epoch;
        private final long delivered;
        private final long read;

        /**
         * Makes a frame.
         *
         * @param epoch the epoch of the seqs
         * @param delivered a seq; 0 for no news
         * @param read a seq; 0 for no news
         */
        public Mark(RoomId room, long epoch, long delivered, long read) {
            this.room = Objects.requireNonNull(room);
            this.epoch = epoch;
            this.delivered = delivered;
            this.read = read;
        }

        public RoomId room() {
            return room;
        }

        /** Returns the epoch of the seqs. */
        public long epoch() {
            return epoch;
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
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.mark(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, epoch, delivered, read);
        }
    }

    /** I am writing something, or am no more. No answer. */
    final class Typing extends Value implements ClientSignal {
        private final RoomId room;
        private final boolean on;

        /**
         * Makes a frame.
         *
         * @param on whether it is so from now on, for a few seconds
         */
        public Typing(RoomId room, boolean on) {
            this.room = Objects.requireNonNull(room);
            this.on = on;
        }

        public RoomId room() {
            return room;
        }

        /** Tells whether it is so from now on, for a few seconds. */
        public boolean isOn() {
            return on;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.typing(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(room, on);
        }
    }

    /** So am I to be seen, and these I want to see. Answered by {@code presence} frames. */
    final class SetPresence extends Value implements ClientSignal {
        private final Optional<PresenceState.Availability> state;
        private final Optional<String> status;
        private final Optional<List<UserId>> watch;

        /**
         * Makes a frame.
         *
         * @param state nothing to leave it as it is
         * @param status nothing to leave it as it is
         * @param watch whom to watch from now on, in place of those before; at most {@value #MAX_WATCHED}
         */
        public SetPresence(
                Optional<PresenceState.Availability> state, Optional<String> status, Optional<List<UserId>> watch) {
            watch.ifPresent(users -> FrameChecks.requireAtMost("watch", users.size(), MAX_WATCHED));
            this.state = Objects.requireNonNull(state);
            this.status = Objects.requireNonNull(status);
            this.watch = Objects.requireNonNull(watch);
        }

        /** Returns nothing to leave it as it is. */
        public Optional<PresenceState.Availability> state() {
            return state;
        }

        /** Returns nothing to leave it as it is. */
        public Optional<String> status() {
            return status;
        }

        /** Returns whom to watch from now on, in place of those before; at most {@value #MAX_WATCHED}. */
        public Optional<List<UserId>> watch() {
            return watch;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.setPresence(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(state, status, watch);
        }
    }

    /** A signal of a call to another member of a room. Answered by {@code ok}. */
    final class Call extends Value implements ClientSignal {
        private final int id;
        private final RoomId room;
        private final CallSignal signal;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param room where both are members
         */
        public Call(int id, RoomId room, CallSignal signal) {
            FrameChecks.requireId(id);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.signal = Objects.requireNonNull(signal);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns where both are members. */
        public RoomId room() {
            return room;
        }

        public CallSignal signal() {
            return signal;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.call(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, signal);
        }
    }

    /** Which servers help to set up calls? Answered by {@code ice}. */
    final class AskIce extends Value implements ClientSignal {
        private final int id;
        private final RoomId room;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param room where the call is to be
         */
        public AskIce(int id, RoomId room) {
            FrameChecks.requireId(id);
            this.id = id;
            this.room = Objects.requireNonNull(room);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns where the call is to be. */
        public RoomId room() {
            return room;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.askIce(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room);
        }
    }

    /** One method a frame. */
    interface Handler<R> {
        R mark(Mark frame);

        R typing(Typing frame);

        R setPresence(SetPresence frame);

        R call(Call frame);

        R askIce(AskIce frame);
    }
}
