package io.natterjack.core;

import io.natterjack.core.text.JsonTree;
import io.natterjack.core.text.StrictJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an event that isn't a message does to its room. It travels as the event's body, a JSON object whose fields each class
 * names; what is about one message names that beside it.
 */
public abstract sealed class RoomChange extends Value {
    private RoomChange() {}

    /** Returns the kind of event that brings this. */
    public abstract EventKind kind();

    /** Returns this as the event's body. */
    public abstract MessageBody body();

    /** Returns the message that this is about; nothing if it is about the room. */
    public Optional<Target> target() {
        return Optional.empty();
    }

    /**
     * Tells whether this may take a right from somebody, so that whatever was permitted before must be permitted anew. Coming in and
     * inviting take nothing from anybody.
     */
    public boolean restricts() {
        return false;
    }

    /**
     * Returns the change that an event brings.
     *
     * @throws IllegalArgumentException if the kind is a message's or unknown, or the body isn't one of that kind
     */
    public static RoomChange of(RoomEvent event) {
        Optional<Target> target = event.target() == 0
                ? Optional.empty()
                : Optional.of(Target.at(new Cursor(event.at().epoch(), event.target())));
        return of(event.kind(), target, event.body(), OptionalLong.empty());
    }

    /** Returns the change that an event brings; nothing if it brings none, or one that only a newer version can read. */
    public static Optional<RoomChange> readable(RoomEvent event) {
        try {
            return Optional.of(of(event));
        } catch (IllegalArgumentException ofANewerVersion) {
            return Optional.empty();
        }
    }

    /**
     * Returns the change of that kind.
     *
     * @param target of a change that is about one message
     * @param ifRev of an edit: see {@link Edited}
     * @throws IllegalArgumentException if the kind is a message's or unknown, the body isn't one of that kind, or a target is missing
     */
    public static RoomChange of(EventKind kind, Optional<Target> target, MessageBody body, OptionalLong ifRev) {
        return switch (kind) {
            case EDIT -> new Edited(required(target), body, ifRev);
            case REVOKE -> new Revoked(required(target));
            case REACT -> reacted(required(target), body);
            case PIN -> new Pinned(required(target), Boolean.TRUE.equals(field(body, "on", Boolean.class)));
            case MEMBER -> member(body);
            case ROOM -> new Settings(body.json());
            case CREATED -> created(body);
            case ERASED -> new Erased(StrictJson.integersField(body.json(), "at"));
            case TRIMMED -> {
                List<Long> upto = StrictJson.integersField(body.json(), "upto");
                yield new Trimmed(upto.isEmpty() ? 0 : upto.get(0));
            }
            case MESSAGE, UNKNOWN -> throw new IllegalArgumentException(kind + " is no change of a room");
        };
    }

    private static Target required(Optional<Target> target) {
        return target.orElseThrow(() -> new IllegalArgumentException("tcid, or at and e, must name a message"));
    }

    private static <T> @Nullable T field(MessageBody body, String name, Class<T> type) {
        Object value = JsonTree.read(body.json()).get(name);
        return type.isInstance(value) ? type.cast(value) : null;
    }

    private static RoomChange reacted(Target target, MessageBody body) {
        String key = field(body, "key", String.class);
        Boolean on = field(body, "on", Boolean.class);
        if (key == null || on == null) {
            throw new IllegalArgumentException("a reaction has a key, and on");
        }
        return new Reacted(target, key, on);
    }

    private static RoomChange member(MessageBody body) {
        Map<String, @Nullable Object> fields = JsonTree.read(body.json());
        return new Member(
                new UserId(fields.get("user") instanceof String user ? user : ""),
                Standing.ofWireName(String.valueOf(fields.get("is"))),
                Optional.ofNullable(fields.get("role")).map(name -> Role.ofWireName(String.valueOf(name))),
                fields.get("until") instanceof Long until ? until : 0);
    }

    private static RoomChange created(MessageBody body) {
        Map<String, @Nullable Object> fields = JsonTree.read(body.json());
        List<UserId> owners = new ArrayList<>();
        if (fields.remove("owners") instanceof List<?> names) {
            names.forEach(name -> owners.add(new UserId(String.valueOf(name))));
        }
        return new Created(RoomSettings.json(JsonTree.write(fields)), owners);
    }

    /** Returns the setting that members see everything, or only what came after they did. */
    public static Settings historyShown(boolean all) {
        return new Settings("{\"history\":\"" + (all ? "all" : "joined") + "\"}");
    }

    /** The body of a message is another one: the event's body is that. */
    public static final class Edited extends RoomChange {
        private final Target target;
        private final MessageBody body;
        private final OptionalLong ifRev;

        /**
         * Makes an edit.
         *
         * @param body the whole new body
         * @param ifRev if present, the edit is refused unless the message's {@link Message#rev} is this one
         */
        public Edited(Target target, MessageBody body, OptionalLong ifRev) {
            this.target = Objects.requireNonNull(target);
            this.body = Objects.requireNonNull(body);
            this.ifRev = Objects.requireNonNull(ifRev);
        }

        @Override
        public Optional<Target> target() {
            return Optional.of(target);
        }

        /** Returns the rev that the message must have; nothing if any will do. */
        public OptionalLong ifRev() {
            return ifRev;
        }

        @Override
        public EventKind kind() {
            return EventKind.EDIT;
        }

        @Override
        public MessageBody body() {
            return body;
        }

        @Override
        protected List<?> parts() {
            return List.of(target, body, ifRev);
        }
    }

    /** A message is taken back: its body is gone for good, its place remains. */
    public static final class Revoked extends RoomChange {
        private static final MessageBody NOTHING = MessageBody.json("{}");

        private final Target target;

        /** Makes a revocation. */
        public Revoked(Target target) {
            this.target = Objects.requireNonNull(target);
        }

        @Override
        public Optional<Target> target() {
            return Optional.of(target);
        }

        @Override
        public EventKind kind() {
            return EventKind.REVOKE;
        }

        @Override
        public MessageBody body() {
            return NOTHING;
        }

        @Override
        protected List<?> parts() {
            return List.of(target);
        }
    }

    /** Somebody reacts to a message, or does so no more: {@code {"key":"👍","on":true}}. */
    public static final class Reacted extends RoomChange {
        private final Target target;
        private final String key;
        private final boolean on;

        /**
         * Makes a reaction.
         *
         * @param key 1 to {@value Reaction#MAX_KEY_BYTES} bytes of UTF-8
         */
        public Reacted(Target target, String key, boolean on) {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("key must not be empty");
            }
            this.target = Objects.requireNonNull(target);
            this.key = Profile.requireText("key", key, Reaction.MAX_KEY_BYTES);
            this.on = on;
        }

        @Override
        public Optional<Target> target() {
            return Optional.of(target);
        }

        public String key() {
            return key;
        }

        /** Tells whether the reaction is there from now on. */
        public boolean isOn() {
            return on;
        }

        @Override
        public EventKind kind() {
            return EventKind.REACT;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json("{\"key\":" + StrictJson.quoted(key) + ",\"on\":" + on + "}");
        }

        @Override
        protected List<?> parts() {
            return List.of(target, key, on);
        }
    }

    /** A message is pinned, or is no more: {@code {"on":true}}. */
    public static final class Pinned extends RoomChange {
        /** The most pinned messages of a room. */
        public static final int MAX = 100;

        private final Target target;
        private final boolean on;

        /** Makes a pin. */
        public Pinned(Target target, boolean on) {
            this.target = Objects.requireNonNull(target);
            this.on = on;
        }

        @Override
        public Optional<Target> target() {
            return Optional.of(target);
        }

        /** Tells whether the message is pinned from now on. */
        public boolean isOn() {
            return on;
        }

        @Override
        public EventKind kind() {
            return EventKind.PIN;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json("{\"on\":" + on + "}");
        }

        @Override
        protected List<?> parts() {
            return List.of(target, on);
        }
    }

    /**
     * Somebody stands otherwise to the room than before: {@code {"user":"bob","is":"in","role":"moderator"}}, with {@code out}, {@code
     * invited} and {@code banned} beside {@code in}.
     */
    public static final class Member extends RoomChange {
        private final UserId user;
        private final Standing standing;
        private final Optional<Role> role;
        private final long until;

        /** Makes a coming or going. */
        public Member(UserId user, boolean in) {
            this(user, in ? Standing.IN : Standing.OUT, Optional.empty(), 0);
        }

        /**
         * Makes a change of standing or role.
         *
         * @param role nothing to leave it as it is; who comes new is a {@link Role#MEMBER} then
         * @param until of a ban: when it ends, Unix milliseconds; 0 for never
         */
        public Member(UserId user, Standing standing, Optional<Role> role, long until) {
            this.user = Objects.requireNonNull(user);
            this.standing = Objects.requireNonNull(standing);
            this.role = Objects.requireNonNull(role);
            this.until = until;
        }

        public UserId user() {
            return user;
        }

        public Standing standing() {
            return standing;
        }

        /** Returns the role from now on; nothing if it stays as it is. */
        public Optional<Role> role() {
            return role;
        }

        /** Returns when a ban ends, Unix milliseconds; 0 for never. */
        public long until() {
            return until;
        }

        /** Tells whether the user belongs to the room from now on. */
        public boolean isIn() {
            return standing == Standing.IN;
        }

        @Override
        public boolean restricts() {
            return standing == Standing.OUT || standing == Standing.BANNED || role.isPresent();
        }

        @Override
        public EventKind kind() {
            return EventKind.MEMBER;
        }

        @Override
        public MessageBody body() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("user", user.value());
            fields.put("is", standing.wireName());
            role.ifPresent(given -> fields.put("role", given.wireName()));
            if (until > 0) {
                fields.put("until", until);
            }
            return MessageBody.json(JsonTree.write(fields));
        }

        @Override
        protected List<?> parts() {
            return List.of(user, standing, role, until);
        }
    }

    /** Some of the room's settings are others: the event's body has the fields that changed, see {@link RoomSettings}. */
    public static final class Settings extends RoomChange {
        private final String change;

        /**
         * Makes a change of settings.
         *
         * @param change as for {@link RoomSettings#with}
         */
        public Settings(String change) {
            this.change = StrictJson.compactObject(change, RoomSettings.MAX_BYTES);
            if (fields().contains("people")) {
                throw new IllegalArgumentException("the people of a direct room don't change");
            }
            if (!RoomSettings.of(RoomKind.OPEN, "").with(this.change).isCreated()) {
                throw new IllegalArgumentException("a room can't lose its kind");
            }
        }

        /** Returns the change as a JSON object. */
        public String change() {
            return change;
        }

        /** Returns the names of the fields that change. */
        public List<String> fields() {
            return RoomSettings.names(change);
        }

        @Override
        public boolean restricts() {
            return true;
        }

        @Override
        public EventKind kind() {
            return EventKind.ROOM;
        }

        @Override
        public MessageBody body() {
            return MessageBody.json(change);
        }

        @Override
        protected List<?> parts() {
            return List.of(change);
        }
    }

    /** The room is made: the event's body has its settings, and {@code owners}. Only ever the first event of a room. */
    public static final class Created extends RoomChange {
        private final RoomSettings settings;
        private final List<UserId> owners;

        /**
         * Makes a beginning.
         *
         * @param settings with a kind
         * @param owners who belong to it from the beginning, at most 50
         */
        public Created(RoomSettings settings, List<UserId> owners) {
            if (!settings.isCreated()) {
                throw new IllegalArgumentException("a room needs a kind");
            }
            if (owners.size() > 50) {
                throw new IllegalArgumentException("a room begins with at most 50 owners");
            }
            this.settings = settings;
            this.owners = Collections.unmodifiableList(new ArrayList<>(owners));
        }

        public RoomSettings settings() {
            return settings;
        }

        public List<UserId> owners() {
            return owners;
        }

        @Override
        public boolean restricts() {
            return true;
        }

        @Override
        public EventKind kind() {
            return EventKind.CREATED;
        }

        @Override
        public MessageBody body() {
            Map<String, @Nullable Object> fields = JsonTree.read(settings.json());
            List<Object> names = new ArrayList<>();
            owners.forEach(owner -> names.add(owner.value()));
            if (!names.isEmpty()) {
                fields.put("owners", names);
            }
            return MessageBody.json(JsonTree.write(fields));
        }

        @Override
        protected List<?> parts() {
            return List.of(settings, owners);
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
