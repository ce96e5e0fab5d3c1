package io.natterjack.core.wire;

import io.natterjack.core.Cursor;
import io.natterjack.core.Notify;
import io.natterjack.core.RoomId;
import io.natterjack.core.Standing;
import io.natterjack.core.UserId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a client asks of its rooms and of people, and is answered once. */
public sealed interface PeopleRequest extends ClientFrame
        permits PeopleRequest.Inbox,
                PeopleRequest.Members,
                PeopleRequest.Readers,
                PeopleRequest.Search,
                PeopleRequest.Direct,
                PeopleRequest.Users,
                PeopleRequest.SetProfile,
                PeopleRequest.Block,
                PeopleRequest.SetNotify {
    /** The most rooms in one request. */
    int MAX_ROOMS = 100;

    /** The most people or messages in one request or on one page. */
    int MAX_PEOPLE = 100;

    /** Which rooms do I belong to, and what is new there? Answered by {@code inbox}. */
    final class Inbox extends Value implements PeopleRequest {
        private final int id;
        private final List<RoomId> rooms;
        private final Optional<String> cursor;
        private final int limit;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param rooms if not empty, only those; at most {@value #MAX_ROOMS}
         * @param cursor what the page before ended with
         * @param limit the most rooms, 1 to {@value #MAX_ROOMS}
         */
        public Inbox(int id, List<RoomId> rooms, Optional<String> cursor, int limit) {
            FrameChecks.requireId(id);
            FrameChecks.requireAtMost("rooms", rooms.size(), MAX_ROOMS);
            FrameChecks.requireRange("limit", limit, 1, MAX_ROOMS);
            this.id = id;
            this.rooms = List.copyOf(rooms);
            this.cursor = Objects.requireNonNull(cursor);
            this.limit = limit;
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns if not empty, only those; at most {@value #MAX_ROOMS}. */
        public List<RoomId> rooms() {
            return rooms;
        }

        /** Returns what the page before ended with. */
        public Optional<String> cursor() {
            return cursor;
        }

        /** Returns the most rooms, 1 to {@value #MAX_ROOMS}. */
        public int limit() {
            return limit;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.askInbox(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, rooms, cursor, limit);
        }
    }

    /** Who belongs to the room? Answered by {@code members}. */
    final class Members extends Value implements PeopleRequest {
        private final int id;
        private final RoomId room;
        private final Standing standing;
        private final Optional<UserId> after;
        private final int limit;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param standing how they stand to it
         * @param after the last one of the page before
         * @param limit the most members, 1 to {@value #MAX_PEOPLE}
         */
        public Members(int id, RoomId room, Standing standing, Optional<UserId> after, int limit) {
            FrameChecks.requireId(id);
            FrameChecks.requireRange("limit", limit, 1, MAX_PEOPLE);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.standing = Objects.requireNonNull(standing);
            this.after = Objects.requireNonNull(after);
            this.limit = limit;
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        /** Returns how they stand to it. */
        public Standing standing() {
            return standing;
        }

        /** Returns the last one of the page before. */
        public Optional<UserId> after() {
            return after;
        }

        /** Returns the most members, 1 to {@value #MAX_PEOPLE}. */
        public int limit() {
            return limit;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.askMembers(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, standing, after, limit);
        }
    }

    /** How far has that message come? Answered by {@code receipts}. */
    final class Readers extends Value implements PeopleRequest {
        private final int id;
        private final RoomId room;
        private final Cursor at;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param at the place of the message
         */
        public Readers(int id, RoomId room, Cursor at) {
            FrameChecks.requireId(id);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.at = Objects.requireNonNull(at);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        /** Returns the place of the message. */
        public Cursor at() {
            return at;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.askReceipts(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, at);
        }
    }

    /** Find messages. Answered by {@code found}. */
    final class Search extends Value implements PeopleRequest {
        private final int id;
        private final String text;
        private final List<RoomId> rooms;
        private final Optional<String> cursor;
        private final int limit;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param text what to look for, at most 200 characters
         * @param rooms where; empty for all rooms that one belongs to; at most {@value #MAX_ROOMS}
         * @param cursor what the page before ended with
         * @param limit the most messages, 1 to {@value #MAX_PEOPLE}
         */
        public Search(int id, String text, List<RoomId> rooms, Optional<String> cursor, int limit) {
            FrameChecks.requireId(id);
            FrameChecks.requireAtMost("rooms", rooms.size(), MAX_ROOMS);
            FrameChecks.requireRange("limit", limit, 1, MAX_PEOPLE);
            this.id = id;
            this.text = Objects.requireNonNull(text);
            this.rooms = List.copyOf(rooms);
            this.cursor = Objects.requireNonNull(cursor);
            this.limit = limit;
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns what to look for, at most 200 characters. */
        public String text() {
            return text;
        }

        /** Returns where; empty for all rooms that one belongs to; at most {@value #MAX_ROOMS}. */
        public List<RoomId> rooms() {
            return rooms;
        }

        /** Returns what the page before ended with. */
        public Optional<String> cursor() {
            return cursor;
        }

        /** Returns the most messages, 1 to {@value #MAX_PEOPLE}. */
        public int limit() {
            return limit;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.search(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, text, rooms, cursor, limit);
        }
    }

    /** Which is our room? It is made if need be. Answered by {@code ok} with the room. */
    final class Direct extends Value implements PeopleRequest {
        private final int id;
        private final UserId user;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param user the other person
         */
        public Direct(int id, UserId user) {
            FrameChecks.requireId(id);
            this.id = id;
            this.user = Objects.requireNonNull(user);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns the other person. */
        public UserId user() {
            return user;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.direct(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, user);
        }
    }

    /** Who are these? Answered by {@code users}. */
    final class Users extends Value implements PeopleRequest {
        private final int id;
        private final List<UserId> users;
        private final boolean blocked;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param users at most {@value #MAX_PEOPLE}
         * @param blocked whether, in place of these, those are asked for whom one has blocked
         */
        public Users(int id, List<UserId> users, boolean blocked) {
            FrameChecks.requireId(id);
            FrameChecks.requireAtMost("users", users.size(), MAX_PEOPLE);
            this.id = id;
            this.users = List.copyOf(users);
            this.blocked = blocked;
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns at most {@value #MAX_PEOPLE}. */
        public List<UserId> users() {
            return users;
        }

        /** Tells whether whether, in place of these, those are asked for whom one has blocked. */
        public boolean isBlocked() {
            return blocked;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.askUsers(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, users, blocked);
        }
    }

    /** This is how I am to be seen. Answered by {@code ok}. */
    final class SetProfile extends Value implements PeopleRequest {
        private final int id;
        private final String name;
        private final String avatar;
        private final String attributes;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param name may be empty
         * @param avatar the address of a picture; may be empty
         * @param attributes a JSON object; empty for none
         */
        public SetProfile(int id, String name, String avatar, String attributes) {
            FrameChecks.requireId(id);
            this.id = id;
            this.name = Objects.requireNonNull(name);
            this.avatar = Objects.requireNonNull(avatar);
            this.attributes = Objects.requireNonNull(attributes);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns may be empty. */
        public String name() {
            return name;
        }

        /** Returns the address of a picture; may be empty. */
        public String avatar() {
            return avatar;
        }

        /** Returns a JSON object; empty for none. */
        public String attributes() {
            return attributes;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.setProfile(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, name, avatar, attributes);
        }
    }

    /** I want nothing of this person, or do again. Answered by {@code ok}. */
    final class Block extends Value implements PeopleRequest {
        private final int id;
        private final UserId user;
        private final boolean on;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param on whether they are blocked from now on
         */
        public Block(int id, UserId user, boolean on) {
            FrameChecks.requireId(id);
            this.id = id;
            this.user = Objects.requireNonNull(user);
            this.on = on;
        }

        @Override
        public int id() {
            return id;
        }

        public UserId user() {
            return user;
        }

        /** Tells whether they are blocked from now on. */
        public boolean isOn() {
            return on;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.block(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, user, on);
        }
    }

    /** Of this I want to be notified. Answered by {@code ok}. */
    final class SetNotify extends Value implements PeopleRequest {
        private final int id;
        private final RoomId room;
        private final Notify notifications;

        /**
         * Makes a frame.
         *
         * @param id 1 or more, echoed in the reply; 0 for none
         * @param notifications of which messages
         */
        public SetNotify(int id, RoomId room, Notify notifications) {
            FrameChecks.requireId(id);
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.notifications = Objects.requireNonNull(notifications);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        /** Returns of which messages. */
        public Notify notifications() {
            return notifications;
        }

        @Override
        public <R> R handle(ClientFrame.Handler<R> handler) {
            return handler.setNotify(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, notifications);
        }
    }

    /** One method a frame. */
    interface Handler<R> {
        R askInbox(Inbox frame);

        R askMembers(Members frame);

        R askReceipts(Readers frame);

        R search(Search frame);

        R direct(Direct frame);

        R askUsers(Users frame);

        R setProfile(SetProfile frame);

        R block(Block frame);

        R setNotify(SetNotify frame);
    }
}
