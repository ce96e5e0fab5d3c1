package io.natterjack.core;

import io.natterjack.core.text.StrictJson;
import io.natterjack.core.text.Utf8;
import java.util.List;
import java.util.Objects;

/** What others see of a person. */
public final class Profile extends Value {
    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 200;

    /** The longest avatar, in bytes of UTF-8. */
    public static final int MAX_AVATAR_BYTES = 500;

    /** The most that attributes may take, in bytes of compact JSON. */
    public static final int MAX_ATTRIBUTE_BYTES = 4 * 1024;

    private final UserId user;
    private final String name;
    private final String avatar;
    private final String attributes;

    /**
     * Makes a profile.
     *
     * @param name at most {@value #MAX_NAME_BYTES} bytes; may be empty
     * @param avatar the address of a picture, at most {@value #MAX_AVATAR_BYTES} bytes; may be empty
     * @param attributes a JSON object of the application's own, at most {@value #MAX_ATTRIBUTE_BYTES} bytes; empty for none
     */
    public Profile(UserId user, String name, String avatar, String attributes) {
        this.user = Objects.requireNonNull(user);
        this.name = requireText("name", name, MAX_NAME_BYTES);
        this.avatar = requireText("avatar", avatar, MAX_AVATAR_BYTES);
        this.attributes = attributes.isEmpty() ? "" : StrictJson.compactObject(attributes, MAX_ATTRIBUTE_BYTES);
    }

    static String requireText(String what, String text, int maxBytes) {
        long bytes = Utf8.length(text);
        if (bytes < 0 || bytes > maxBytes || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + " must be well-formed text of at most " + maxBytes + " bytes without NUL");
        }
        return text;
    }

    public UserId user() {
        return user;
    }

    /** Returns the name; may be empty. */
    public String name() {
        return name;
    }

    /** Returns the address of a picture; may be empty. */
    public String avatar() {
        return avatar;
    }

    /** Returns a JSON object of the application's own; empty for none. */
    public String attributes() {
        return attributes;
    }

    @Override
    protected List<?> parts() {
        return List.of(user, name, avatar, attributes);
    }
}
