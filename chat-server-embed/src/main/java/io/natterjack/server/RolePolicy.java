package io.natterjack.server;

import static io.natterjack.core.Permission.ADMINISTER;
import static io.natterjack.core.Permission.ATTACH;
import static io.natterjack.core.Permission.BAN;
import static io.natterjack.core.Permission.CALL;
import static io.natterjack.core.Permission.CHANGE_ROOM;
import static io.natterjack.core.Permission.EDIT;
import static io.natterjack.core.Permission.ENTER;
import static io.natterjack.core.Permission.INVITE;
import static io.natterjack.core.Permission.KICK;
import static io.natterjack.core.Permission.MEMBERS;
import static io.natterjack.core.Permission.MENTION_ALL;
import static io.natterjack.core.Permission.MODERATE;
import static io.natterjack.core.Permission.PIN;
import static io.natterjack.core.Permission.REACT;
import static io.natterjack.core.Permission.READ;
import static io.natterjack.core.Permission.RECEIPTS;
import static io.natterjack.core.Permission.REVOKE;
import static io.natterjack.core.Permission.SEARCH;
import static io.natterjack.core.Permission.SEND;
import static io.natterjack.core.Permission.TYPING;

import io.natterjack.core.Permission;
import io.natterjack.core.Permissions;
import io.natterjack.core.Principal;
import io.natterjack.core.Role;
import io.natterjack.core.RoomKind;
import io.natterjack.core.RoomView;
import io.natterjack.core.Standing;
import io.natterjack.core.spi.AccessPolicy;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The policy that a server has unless it is given another: each role has its rights, each more than the one before, and a room may
 * {@linkplain io.natterjack.core.RoomSettings#grant give and take} single ones. docs/rooms.md has the table.
 *
 * <p><b>Threads.</b> Any.
 */
public final class RolePolicy implements AccessPolicy {
    private static final Set<Permission> READING = EnumSet.of(READ, MEMBERS, SEARCH);

    /** What stays in a room that is archived, and with one who has blocked the other. */
    private static final Set<Permission> QUIET = EnumSet.of(READ, MEMBERS, SEARCH, RECEIPTS, ADMINISTER);

    private static final Set<Permission> DIRECT = EnumSet.of(
            READ, SEND, EDIT, REVOKE, REACT, PIN, MENTION_ALL, TYPING, RECEIPTS, MEMBERS, SEARCH, ATTACH, CALL);

    private static final Map<Role, Set<Permission>> BY_ROLE = new EnumMap<>(Role.class);

    static {
        Set<Permission> guest = EnumSet.of(READ, SEND, EDIT, REVOKE, REACT, TYPING, RECEIPTS);
        Set<Permission> member = EnumSet.copyOf(guest);
        member.addAll(Set.of(MEMBERS, SEARCH, ATTACH, CALL, PIN, INVITE));
        Set<Permission> moderator = EnumSet.copyOf(member);
        moderator.addAll(Set.of(MODERATE, MENTION_ALL, KICK, BAN, CHANGE_ROOM));
        Set<Permission> owner = EnumSet.copyOf(moderator);
        owner.add(ADMINISTER);
        BY_ROLE.put(Role.GUEST, guest);
        BY_ROLE.put(Role.MEMBER, member);
        BY_ROLE.put(Role.MODERATOR, moderator);
        BY_ROLE.put(Role.OWNER, owner);
    }

    /** What those below a moderator don't do where only some are to be heard. */
    private static final Set<Permission> LOUD = EnumSet.of(SEND, ATTACH, TYPING, CALL, PIN, INVITE);

    private final LongSupplier wallMillis;
    private final boolean onlyCreated;

    /** Makes the policy for rooms of every kind; those that nobody created are open to all. */
    public RolePolicy() {
        this(System::currentTimeMillis, false);
    }

    private RolePolicy(LongSupplier wallMillis, boolean onlyCreated) {
        this.wallMillis = wallMillis;
        this.onlyCreated = onlyCreated;
    }

    /** Returns a policy under which there are no rooms but those that somebody created: others answer as forbidden ones do. */
    public RolePolicy onlyCreatedRooms() {
        return new RolePolicy(wallMillis, true);
    }

    /** Returns a policy with another clock, in Unix milliseconds, by which bans end. */
    public RolePolicy clock(LongSupplier newWallMillis) {
        return new RolePolicy(newWallMillis, onlyCreated);
    }

    @Override
    public Permissions permissions(Principal who, RoomView room) {
        if (room.membership()
                .filter(member -> member.isBanned(wallMillis.getAsLong()))
                .isPresent()) {
            return Permissions.NONE;
        }
        if (room.role().isEmpty()) {
            return ofStranger(room);
        }
        Role role = room.role().get();
        Set<Permission> granted = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (room.settings()
                    .grant(role, permission)
                    .orElse(has(room.settings().kind(), role, permission))) {
                granted.add(permission);
            }
        }
        if (room.settings().isArchived() || room.isBlocked()) {
            granted.retainAll(QUIET);
        }
        return Permissions.of(granted);
    }

    private Permissions ofStranger(RoomView room) {
        if (!room.isCreated()) {
            return onlyCreated ? Permissions.NONE : Permissions.of(DIRECT);
        }
        boolean invited = room.standing() == Standing.INVITED;
        boolean isOpen =
                room.settings().kind() == RoomKind.OPEN || room.settings().kind() == RoomKind.BROADCAST;
        Set<Permission> granted = EnumSet.noneOf(Permission.class);
        if (isOpen) {
            granted.addAll(READING);
        }
        if ((isOpen || invited) && !room.settings().isArchived()) {
            granted.add(ENTER);
        }
        return Permissions.of(granted);
    }

    private static boolean has(RoomKind kind, Role role, Permission permission) {
        return switch (kind) {
            case DIRECT -> DIRECT.contains(permission);
            case BROADCAST ->
                BY_ROLE.getOrDefault(role, Set.of()).contains(permission)
                        && (role.compareTo(Role.MODERATOR) >= 0 || !LOUD.contains(permission));
            case OPEN, PRIVATE -> BY_ROLE.getOrDefault(role, Set.of()).contains(permission);
        };
    }
}
