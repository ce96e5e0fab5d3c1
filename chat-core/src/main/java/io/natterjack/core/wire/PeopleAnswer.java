package io.natterjack.core.wire;

import io.natterjack.core.IceServer;
import io.natterjack.core.InboxEntry;
import io.natterjack.core.Membership;
import io.natterjack.core.Message;
import io.natterjack.core.Profile;
import io.natterjack.core.RoomId;
import io.natterjack.core.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a server answers about rooms and people. */
public sealed interface PeopleAnswer extends ServerFrame
        permits PeopleAnswer.Inbox,
                PeopleAnswer.Members,
                PeopleAnswer.Receipts,
                PeopleAnswer.Found,
                PeopleAnswer.Users,
                PeopleAnswer.Ice {
    /** Rooms, and what is new there. */
    final class Inbox extends Value implements PeopleAnswer {
        private final int id;
        private final List<InboxEntry> entries;
        private final Optional<String> cursor;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         * @param entries those in which something happened last first
         * @param cursor asks for the next page; nothing if there is none
         */
        public Inbox(int id, List<InboxEntry> entries, Optional<String> cursor) {
            this.id = id;
            this.entries = List.copyOf(entries);
            this.cursor = Objects.requireNonNull(cursor);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns those in which something happened last first. */
        public List<InboxEntry> entries() {
            return entries;
        }

        /** Returns asks for the next page; nothing if there is none. */
        public Optional<String> cursor() {
            return cursor;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.inbox(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, entries, cursor);
        }
    }

    /** Members of a room. */
    final class Members extends Value implements PeopleAnswer {
        private final int id;
        private final RoomId room;
        private final List<Membership> members;
        private final boolean more;
        private final int present;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         * @param members in the order of their ids' bytes
         * @param more whether there are more behind the last
         * @param present how many people, members or not, have the room joined now
         */
        public Members(int id, RoomId room, List<Membership> members, boolean more, int present) {
            this.present = present;
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.members = List.copyOf(members);
            this.more = more;
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        /** Returns in the order of their ids' bytes. */
        public List<Membership> members() {
            return members;
        }

        /** Returns how many people, members or not, have the room joined now. */
        public int present() {
            return present;
        }

        /** Tells whether there are more behind the last. */
        public boolean isMore() {
            return more;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.members(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, members, more, present);
        }
    }

    /** How far a message has come. */
    final class Receipts extends Value implements PeopleAnswer {
        private final int id;
        private final RoomId room;
        private final io.natterjack.core.Receipts receipts;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         */
        public Receipts(int id, RoomId room, io.natterjack.core.Receipts receipts) {
            this.id = id;
            this.room = Objects.requireNonNull(room);
            this.receipts = Objects.requireNonNull(receipts);
        }

        @Override
        public int id() {
            return id;
        }

        public RoomId room() {
            return room;
        }

        public io.natterjack.core.Receipts receipts() {
            return receipts;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.receipts(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, room, receipts);
        }
    }

    /** Messages that were looked for, of any room. */
    final class Found extends Value implements PeopleAnswer {
        private final int id;
        private final List<Message> messages;
        private final Optional<String> cursor;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         * @param messages newest first
         * @param cursor asks for the next page; nothing if there is none
         */
        public Found(int id, List<Message> messages, Optional<String> cursor) {
            this.id = id;
            this.messages = List.copyOf(messages);
            this.cursor = Objects.requireNonNull(cursor);
        }

        @Override
        public int id() {
            return id;
        }

        /** Returns newest first. */
        public List<Message> messages() {
            return messages;
        }

        /** Returns asks for the next page; nothing if there is none. */
        public Optional<String> cursor() {
            return cursor;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.found(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, messages, cursor);
        }
    }

    /** Who people are. */
    final class Users extends Value implements PeopleAnswer {
        private final int id;
        private final List<Profile> profiles;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         */
        public Users(int id, List<Profile> profiles) {
            this.id = id;
            this.profiles = List.copyOf(profiles);
        }

        @Override
        public int id() {
            return id;
        }

        public List<Profile> profiles() {
            return profiles;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.users(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, profiles);
        }
    }

    /** Servers that help to set up calls. */
    final class Ice extends Value implements PeopleAnswer {
        private final int id;
        private final List<IceServer> servers;

        /**
         * Makes a frame.
         *
         * @param id that of the request; 0 for none
         */
        public Ice(int id, List<IceServer> servers) {
            this.id = id;
            this.servers = List.copyOf(servers);
        }

        @Override
        public int id() {
            return id;
        }

        public List<IceServer> servers() {
            return servers;
        }

        @Override
        public <R> R handle(ServerFrame.Handler<R> handler) {
            return handler.ice(this);
        }

        @Override
        protected List<?> parts() {
            return List.of(id, servers);
        }
    }

    /** One method a frame. */
    interface Handler<R> {
        R inbox(Inbox frame);

        R members(Members frame);

        R receipts(Receipts frame);

        R found(Found frame);

        R users(Users frame);

        R ice(Ice frame);
    }
}
