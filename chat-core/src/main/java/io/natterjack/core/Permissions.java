package io.natterjack.core;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;

/** What somebody may do in a room. */
public final class Permissions extends Value {
    /** Nothing at all: the room answers as if it weren't there. */
    public static final Permissions NONE = new Permissions(EnumSet.noneOf(Permission.class));

    /** Everything. */
    public static final Permissions ALL = new Permissions(EnumSet.allOf(Permission.class));

    private final EnumSet<Permission> granted;

    private Permissions(EnumSet<Permission> granted) {
        this.granted = granted;
    }

    /** Returns these and nothing else. */
    public static Permissions of(Permission... granted) {
        return of(Arrays.asList(granted));
    }

    /** Returns these and nothing else. */
    public static Permissions of(Collection<Permission> granted) {
        EnumSet<Permission> set = EnumSet.noneOf(Permission.class);
        set.addAll(granted);
        return new Permissions(set);
    }

    /** Tells whether it is granted. */
    public boolean has(Permission permission) {
        return granted.contains(permission);
    }

    /** Returns these with one more. */
    public Permissions with(Permission permission) {
        EnumSet<Permission> set = EnumSet.copyOf(granted);
        set.add(permission);
        return new Permissions(set);
    }

    /** Returns these without one. */
    public Permissions without(Permission permission) {
        EnumSet<Permission> set = EnumSet.copyOf(granted);
        set.remove(permission);
        return new Permissions(set);
    }

    @Override
    protected List<?> parts() {
        return List.of(granted);
    }
}
