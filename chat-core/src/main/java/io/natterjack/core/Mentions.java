package io.natterjack.core;

import io.natterjack.core.text.JsonTree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whom a message calls by name: by convention, its body's fields {@code mentions}, an array of user ids, and {@code mentionAll}. */
public final class Mentions extends Value {
    /** The most people that one message may mention by name. */
    public static final int MAX = 50;

    /** Nobody. */
    public static final Mentions NONE = new Mentions(List.of(), false);

    private final List<UserId> users;
    private final boolean everybody;

    private Mentions(List<UserId> users, boolean everybody) {
        this.users = List.copyOf(users);
        this.everybody = everybody;
    }

    /**
     * Returns whom a body mentions.
     *
     * @throws IllegalArgumentException if it mentions more than {@value #MAX}, or what can't be a user id
     */
    public static Mentions of(MessageBody body) {
        if (!body.json().contains("\"mention")) {
            return NONE;
        }
        Map<String, @Nullable Object> fields = JsonTree.read(body.json());
        List<UserId> users = fields.get("mentions") instanceof List<?> names ? users(names) : List.of();
        return new Mentions(users, Boolean.TRUE.equals(fields.get("mentionAll")));
    }

    /** The first that is too many ends it: a body has room for thousands. */
    private static List<UserId> users(List<?> names) {
        Set<UserId> users = new LinkedHashSet<>();
        for (Object name : names) {
            if (users.add(new UserId(String.valueOf(name))) && users.size() > MAX) {
                throw new IllegalArgumentException("a message may mention " + MAX + " people");
            }
        }
        return new ArrayList<>(users);
    }

    public List<UserId> users() {
        return users;
    }

    /** Tells whether it is for everybody in the room. */
    public boolean isEverybody() {
        return everybody;
    }

    /** Tells whether {@code user} is among them. */
    public boolean has(UserId user) {
        return everybody || users.contains(user);
    }

    @Override
    protected List<?> parts() {
        return List.of(users, everybody);
    }
}
