package io.natterjack.core;

import io.natterjack.core.text.JsonTree;
import io.natterjack.core.text.StrictJson;
import io.natterjack.core.text.Utf8;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a room is set. A JSON object; what isn't in it has its default. A change is an object too, whose fields take the place of those
 * of the same name; null takes one away.
 *
 * <pre>{@code
 * {"kind":"private","name":"Frogs","topic":"all about them","avatar":"https://…","attributes":{…},"archived":true,
 *  "history":"joined","slow":30,"grants":{"guest":{"send":false},"member":{"pin":true}}}
 * }</pre>
 */
public final class RoomSettings extends Value {
    /** The most that settings may take, in bytes of compact JSON. */
    public static final int MAX_BYTES = 8 * 1024;

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 200;

    /** The longest topic, in bytes of UTF-8. */
    public static final int MAX_TOPIC_BYTES = 1_000;

    /** The longest slow mode. */
    public static final Duration MAX_SLOW_MODE = Duration.ofDays(1);

    private static final long MAX_SLOW_SECONDS = MAX_SLOW_MODE.toMillis() / 1_000;

    /** Those of a room that nobody created. */
    public static final RoomSettings NONE = new RoomSettings(new TreeMap<>());

    private final Map<String, @Nullable Object> fields;
    private final String json;

    private RoomSettings(Map<String, @Nullable Object> fields) {
        this.fields = fields;
        this.json = JsonTree.write(fields);
        checkKind();
        Profile.requireText("name", name(), MAX_NAME_BYTES);
        Profile.requireText("topic", topic(), MAX_TOPIC_BYTES);
        Profile.requireText("avatar", avatar(), Profile.MAX_AVATAR_BYTES);
        checkAttributes();
        checkHistory();
        checkSlowMode();
        checkGrants();
        checkPeople();
        if (Utf8.length(json) > MAX_BYTES) {
            throw new IllegalArgumentException("settings may have " + MAX_BYTES + " bytes");
        }
    }

    /**
     * Returns the settings that {@code json} has; fields that this version doesn't know are left out.
     *
     * @throws IllegalArgumentException naming the field that isn't as it must be
     */
    public static RoomSettings json(String json) {
        return NONE.with(json);
    }

    /** Returns the settings of a new room of that kind, with a name, which may be empty. */
    public static RoomSettings of(RoomKind kind, String name) {
        TreeMap<String, @Nullable Object> fields = new TreeMap<>();
        fields.put("kind", kind.wireName());
        if (!name.isEmpty()) {
            fields.put("name", name);
        }
        return new RoomSettings(fields);
    }

    /** Returns the settings of the room of two people. */
    public static RoomSettings direct(UserId one, UserId other) {
        TreeMap<String, @Nullable Object> fields = new TreeMap<>();
        fields.put("kind", RoomKind.DIRECT.wireName());
        fields.put("people", List.of(one.value(), other.value()));
        return new RoomSettings(fields);
    }

    /**
     * Returns these settings with the fields of {@code change} in place of their own.
     *
     * @throws IllegalArgumentException naming the field that isn't as it must be
     */
    public RoomSettings with(String change) {
        TreeMap<String, @Nullable Object> changed = new TreeMap<>(fields);
        JsonTree.read(StrictJson.compactObject(change, MAX_BYTES)).forEach((name, value) -> {
            if (value == null) {
                changed.remove(name);
            } else if (isKnown(name)) {
                changed.put(name, value);
            }
        });
        return new RoomSettings(changed);
    }

    /**
     * Returns these settings after an event that changed them. What can't be applied changes nothing: whoever lets changes in has
     * refused it.
     */
    public RoomSettings after(RoomChange.Settings event) {
        try {
            return with(event.change());
        } catch (IllegalArgumentException unusable) {
            return this;
        }
    }

    private static boolean isKnown(String name) {
        return switch (name) {
            case "kind", "name", "topic", "avatar", "attributes", "archived", "history", "slow", "grants", "people" ->
                true;
            default -> false;
        };
    }

    /** Returns the names of the fields that {@code change}, a JSON object, would change. */
    static List<String> names(String change) {
        return new ArrayList<>(JsonTree.read(change).keySet());
    }

    /** Returns these settings as compact JSON. */
    public String json() {
        return json;
    }

    boolean isCreated() {
        return fields.containsKey("kind");
    }

    public RoomKind kind() {
        return isCreated() ? RoomKind.ofWireName(text("kind")) : RoomKind.OPEN;
    }

    /** Returns the name; may be empty. */
    public String name() {
        return text("name");
    }

    /** Returns what the room is about; may be empty. */
    public String topic() {
        return text("topic");
    }

    /** Returns the address of a picture; may be empty. */
    public String avatar() {
        return text("avatar");
    }

    /** Returns a JSON object of the application's own; nothing if there is none. */
    @SuppressWarnings("unchecked") // by checkAttributes
    public Optional<String> attributes() {
        Object attributes = fields.get("attributes");
        return attributes == null
                ? Optional.empty()
                : Optional.of(JsonTree.write((Map<String, @Nullable Object>) attributes));
    }

    /** Tells whether nobody may write any more. */
    public boolean isArchived() {
        return Boolean.TRUE.equals(fields.get("archived"));
    }

    /** Tells whether members see what was written before they came. */
    public boolean showsAll() {
        return !text("history").equals("joined");
    }

    /** Returns how long a member has to wait between two messages; zero for no wait. */
    public Duration slowMode() {
        return Duration.ofSeconds(fields.get("slow") instanceof Long seconds ? seconds : 0L);
    }

    /** Returns the two people of a direct room; nothing of others. */
    public List<UserId> people() {
        List<UserId> people = new ArrayList<>();
        if (fields.get("people") instanceof List<?> names) {
            names.forEach(name -> people.add(new UserId(String.valueOf(name))));
        }
        return people;
    }

    /** Returns whether this room gives a role something (true) or takes it away (false); nothing if it leaves that to the policy. */
    public Optional<Boolean> grant(Role role, Permission permission) {
        return fields.get("grants") instanceof Map<?, ?> grants
                        && grants.get(role.wireName()) instanceof Map<?, ?> ofRole
                        && ofRole.get(permission.wireName()) instanceof Boolean granted
                ? Optional.of(granted)
                : Optional.empty();
    }

    private String text(String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(name + " must be a string");
        }
        return value == null ? "" : (String) value;
    }

    private void checkKind() {
        if (isCreated()) {
            RoomKind.ofWireName(text("kind"));
        }
    }

    private void checkAttributes() {
        if (fields.containsKey("attributes") && !(fields.get("attributes") instanceof Map)) {
            throw new IllegalArgumentException("attributes must be an object");
        }
        if (Utf8.length(attributes().orElse("")) > Profile.MAX_ATTRIBUTE_BYTES) {
            throw new IllegalArgumentException("attributes may have " + Profile.MAX_ATTRIBUTE_BYTES + " bytes");
        }
        if (fields.containsKey("archived") && !(fields.get("archived") instanceof Boolean)) {
            throw new IllegalArgumentException("archived must be true or false");
        }
    }

    private void checkHistory() {
        String history = text("history");
        if (!history.isEmpty() && !history.equals("all") && !history.equals("joined")) {
            throw new IllegalArgumentException("history must be all or joined");
        }
    }

    private void checkSlowMode() {
        Object slow = fields.get("slow");
        if (slow != null && !(slow instanceof Long seconds && seconds >= 0 && seconds <= MAX_SLOW_SECONDS)) {
            throw new IllegalArgumentException("slow must be 0 to " + MAX_SLOW_SECONDS + " seconds");
        }
    }

    private void checkGrants() {
        Object grants = fields.get("grants");
        if (grants != null && !(grants instanceof Map)) {
            throw new IllegalArgumentException("grants must be an object");
        }
        if (grants instanceof Map<?, ?> byRole) {
            byRole.forEach((role, ofRole) -> {
                Role.ofWireName(String.valueOf(role));
                if (!(ofRole instanceof Map<?, ?> permissions)) {
                    throw new IllegalArgumentException("the grants of a role must be an object");
                }
                permissions.forEach((permission, granted) -> {
                    Permission.ofWireName(String.valueOf(permission));
                    if (!(granted instanceof Boolean)) {
                        throw new IllegalArgumentException("a grant must be true or false");
                    }
                });
            });
        }
    }

    private void checkPeople() {
        if ((kind() == RoomKind.DIRECT) != (people().size() == 2)) {
            throw new IllegalArgumentException("a direct room has two people, and no other room names its people");
        }
    }

    @Override
    protected List<?> parts() {
        return List.of(json);
    }
}
