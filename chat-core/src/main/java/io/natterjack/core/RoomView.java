package io.natterjack.core;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A room as one person stands to it, at one moment: what decides about what they may do. */
public final class RoomView extends Value {
    private final RoomId room;
    private final RoomSettings settings;
    private final @Nullable Membership membership;
    private final Cursor head;
    private final long accessRev;
    private final long floor;
    private final boolean blocked;

    /**
     * Makes a view.
     *
     * @param settings {@link RoomSettings#NONE} if nobody created the room
     * @param membership what the room knows of the person; null if nothing
     * @param accessRev the seq of the last event that may have taken a right from somebody
     * @param floor the seq up to which the room is closed to the person
     * @param blocked of a direct room: whether one of the two has blocked the other
     */
    public RoomView(
            RoomId room,
            RoomSettings settings,
            @Nullable Membership membership,
            Cursor head,
            long accessRev,
            long floor,
            boolean blocked) {
        this.room = Objects.requireNonNull(room);
        this.settings = Objects.requireNonNull(settings);
        this.membership = membership;
        this.head = Objects.requireNonNull(head);
        this.accessRev = accessRev;
        this.floor = floor;
        this.blocked = blocked;
    }

    public RoomId room() {
        return room;
    }

    /** Returns how the room is set; {@link RoomSettings#NONE} if nobody created it. */
    public RoomSettings settings() {
        return settings;
    }

    /** Tells whether somebody created the room. If not it may have events all the same: whoever is first to write begins it. */
    public boolean isCreated() {
        return settings.isCreated();
    }

    /** Returns what the room knows of the person; nothing if they never had to do with it. */
    public Optional<Membership> membership() {
        return Optional.ofNullable(membership);
    }

    /** Returns the role of the person; nothing if they don't belong to the room. */
    public Optional<Role> role() {
        return membership().filter(Membership::isIn).map(Membership::role);
    }

    /** Returns how the person stands to the room. */
    public Standing standing() {
        return membership == null ? Standing.OUT : membership.standing();
    }

    /** Returns the room's last event. */
    public Cursor head() {
        return head;
    }

    /** Returns the seq of the last event that may have taken a right from somebody; 0 if there was none. */
    public long accessRev() {
        return accessRev;
    }

    /**
     * Returns the seq up to which the room is closed to the person: what lies there is trimmed, or was written before they came and
     * the room doesn't show that. 0 if all is open; the head for somebody who doesn't belong to a room that shows only what came after.
     */
    public long floor() {
        return floor;
    }

    /** Tells of a direct room whether one of the two has blocked the other. */
    public boolean isBlocked() {
        return blocked;
    }

    @Override
    protected List<?> parts() {
        return List.of(room, settings, membership(), head, accessRev, floor, blocked);
    }
}
