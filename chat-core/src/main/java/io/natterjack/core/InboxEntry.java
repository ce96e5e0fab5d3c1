package io.natterjack.core;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One room in a person's list of rooms: all that is needed to draw it. */
public final class InboxEntry extends Value {
    /** Where counting unread messages stops. */
    public static final int MAX_UNREAD = 100;

    private final Membership membership;
    private final Cursor head;
    private final long timestamp;
    private final int unread;
    private final int mentions;
    private final RoomSettings settings;
    private final @Nullable Message last;

    /**
     * Makes an entry.
     *
     * @param head the room's last event
     * @param timestamp when that was, Unix milliseconds
     * @param settings {@link RoomSettings#NONE} if nobody created the room
     * @param unread messages of others above what the person has read, {@value #MAX_UNREAD} for that many or more
     * @param mentions how many of those mention the person, {@value #MAX_UNREAD} for that many or more
     * @param last the newest message that the person may see; null if there is none
     */
    public InboxEntry(
            Membership membership,
            RoomSettings settings,
            Cursor head,
            long timestamp,
            int unread,
            int mentions,
            @Nullable Message last) {
        this.settings = Objects.requireNonNull(settings);
        this.mentions = mentions;
        this.membership = Objects.requireNonNull(membership);
        this.head = Objects.requireNonNull(head);
        this.timestamp = timestamp;
        this.unread = unread;
        this.last = last;
    }

    public RoomId room() {
        return membership.room();
    }

    public Membership membership() {
        return membership;
    }

    /** Returns the room's last event. */
    public Cursor head() {
        return head;
    }

    /** Returns when the room's last event was, in Unix milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    /** Returns how many messages of others lie above what the person has read; {@value #MAX_UNREAD} means that many or more. */
    public int unread() {
        return unread;
    }

    /** Returns how many of the unread messages mention the person; {@value #MAX_UNREAD} means that many or more. */
    public int mentions() {
        return mentions;
    }

    /** Returns how the room is set; {@link RoomSettings#NONE} if nobody created it. */
    public RoomSettings settings() {
        return settings;
    }

    /** Returns the newest message that the person may see. */
    public Optional<Message> last() {
        return Optional.ofNullable(last);
    }

    @Override
    protected List<?> parts() {
        return List.of(membership, settings, head, timestamp, unread, mentions, last());
    }
}
