package io.natterjack.core;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** How somebody is to be seen: what the most present of their devices says. */
public final class PresenceState extends Value {
    /** The longest status, in bytes of UTF-8. */
    public static final int MAX_STATUS_BYTES = 128;

    /** From the least to the most that others see. */
    public enum Availability {
        /** Not connected; or connected and hidden. */
        OFFLINE,
        /** Connected, and seen by others as offline. Only ever said by oneself, never of others. */
        HIDDEN,
        /** Connected, but not at the device. */
        AWAY,
        /** Connected, and not to be disturbed. */
        DND,
        /** Connected. */
        ONLINE;

        /** Returns the name that frames carry. */
        public String wireName() {
            return WireNames.of(this);
        }

        /**
         * Returns the availability of that name.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Availability ofWireName(String name) {
            return WireNames.require(Availability.class, "state", name);
        }
    }

    /** Somebody who was never seen. */
    public static final PresenceState UNKNOWN = new PresenceState(Availability.OFFLINE, "", 0);

    private final Availability availability;
    private final String status;
    private final long lastSeen;

    /**
     * Makes a state.
     *
     * @param status in one's own words, at most {@value #MAX_STATUS_BYTES} bytes; may be empty
     * @param lastSeen of somebody who is offline: when they were there last, Unix milliseconds; 0 if unknown
     */
    public PresenceState(Availability availability, String status, long lastSeen) {
        this.availability = Objects.requireNonNull(availability);
        this.status = Profile.requireText("status", status, MAX_STATUS_BYTES);
        this.lastSeen = lastSeen;
    }

    /**
     * Returns how a person is to be seen whose devices say these: as the most present says, and with a status if any of those has one; as
     * offline if none is there, or one that hides is the most present.
     */
    public static PresenceState of(Collection<PresenceState> devices) {
        PresenceState most = UNKNOWN;
        for (PresenceState state : devices) {
            if (state.availability.compareTo(most.availability) >= 0) {
                most = state.status.isEmpty() && most.availability == state.availability ? most : state;
            }
        }
        return most.availability == Availability.HIDDEN ? UNKNOWN : most;
    }

    public Availability availability() {
        return availability;
    }

    /** Returns the status in their own words; may be empty. */
    public String status() {
        return status;
    }

    /** Returns when they were there last, Unix milliseconds; 0 if they are there or it isn't known. */
    public long lastSeen() {
        return lastSeen;
    }

    @Override
    protected List<?> parts() {
        return List.of(availability, status, lastSeen);
    }
}
