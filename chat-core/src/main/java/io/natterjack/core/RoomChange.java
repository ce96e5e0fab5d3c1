package io.natterjack.core;

import io.natterjack.core.text.StrictJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What an event that isn't a message does to its room. It travels as the event's body, a JSON object whose fields each class
 * names.
 */
public abstract sealed class RoomChange extends Value {
    private RoomChange() {}

    /** Returns the kind of event that brings this. */
    public abstract EventKind kind();

    /** Returns this as the event's body. */
    public abstract MessageBody body();

    /**
     * Returns the change that an event brings.
     *
     * @throws IllegalArgumentException if the kind is a message's or unknown, or the body isn't one of that kind
     */
    public static RoomChange of(EventKind kind, MessageBody body) {
        String json = body.json();
        return switch (kind) {
            case MEMBER ->
                new Member(
                        new UserId(StrictJson.textField(json, "user").orElse("")),
                        StrictJson.textField(json, "is").orElse("").equals("in"));
            case ROOM ->
                new HistoryShown(
                        StrictJson.textField(json, "history").orElse("").equals("all"));
            case ERASED -> new Erased(StrictJson.integersField(json, "at"));
            case TRIMMED -> {
                List<Long> upto = StrictJson.integersField(json, "upto");
                yield new Trimmed(upto.isEmpty() ? 0 : upto.get(0));
            }
            case MESSAGE, UNKNOWN -> throw new IllegalArgumentException(kind + " is no change of a room");
        };
    }

    /** Somebody came into the room or went: {@code {"user":"bob","is":"in"}} or {@code "out"}. */
    public static final class Member extends RoomChange {
        private final UserId user;
        private final boolean in;

        /** Makes a coming or going. */
        public Member(UserId user, boolean in) {
            this.user = Objects.requireNonNull(user);
            this.in = in;
        }

        public UserId user() {
            return user;
        }

        /** Tells whether the user belongs to the room from now on. */
        public boolean isIn() {
            return in;
        }

        @Override
        public EventKind kind() {
            return EventKind.MEMBER;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json(
                    "{\"user\":" + StrictJson.quoted(user.value()) + ",\"is\":\"" + (in ? "in" : "out") + "\"}");
        }

        @Override
        protected List<?> parts() {
            return List.of(user, in);
        }
    }

    /** Whether members see what was written before they came: {@code {"history":"all"}} or {@code "joined"}. */
    public static final class HistoryShown extends RoomChange {
        private final boolean all;

        /** Makes a setting: everything is shown to every member, or only what came after the member did. */
        public HistoryShown(boolean all) {
            this.all = all;
        }

        /** Tells whether every member sees everything. */
        public boolean isAll() {
            return all;
        }

        @Override
        public EventKind kind() {
            return EventKind.ROOM;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json("{\"history\":\"" + (all ? "all" : "joined") + "\"}");
        }

        @Override
        protected List<?> parts() {
            return List.of(all);
        }
    }

    /** The bodies of some messages are gone for good; their places remain: {@code {"at":[5,9]}}. */
    public static final class Erased extends RoomChange {
        /** The most messages that one event erases. */
        public static final int MAX = 100;

        private final List<Long> seqs;

        /**
         * Makes an erasure.
         *
         * @param seqs of 1 to {@value #MAX} messages
         */
        public Erased(List<Long> seqs) {
            if (seqs.isEmpty() || seqs.size() > MAX) {
                throw new IllegalArgumentException("an erasure names 1 to " + MAX + " messages, not " + seqs.size());
            }
            this.seqs = Collections.unmodifiableList(new ArrayList<>(seqs));
        }

        /** Returns which messages; those that there aren't don't matter. */
        public List<Long> seqs() {
            return seqs;
        }

        @Override
        public EventKind kind() {
            return EventKind.ERASED;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json("{\"at\":" + seqs + "}");
        }

        @Override
        protected List<?> parts() {
            return List.of(seqs);
        }
    }

    /** All messages up to a seq are gone for good: {@code {"upto":120}}. */
    public static final class Trimmed extends RoomChange {
        private final long upto;

        /**
         * Makes a trimming.
         *
         * @param upto the seq of the last event that goes, at least 1
         */
        public Trimmed(long upto) {
            if (upto < 1 || upto > Cursor.MAX) {
                throw new IllegalArgumentException("upto must be 1 to 2^53-1, was " + upto);
            }
            this.upto = upto;
        }

        public long upto() {
            return upto;
        }

        @Override
        public EventKind kind() {
            return EventKind.TRIMMED;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json("{\"upto\":" + upto + "}");
        }

        @Override
        protected List<?> parts() {
            return List.of(upto);
        }
    }
}
