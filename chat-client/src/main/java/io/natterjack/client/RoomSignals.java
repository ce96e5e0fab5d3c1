package io.natterjack.client;

import io.natterjack.core.ClientId;
import io.natterjack.core.Cursor;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientSignal;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said of one room that may get lost and heals by itself: how far this user and others are, and who is writing. Lane only.
 *
 * <p>At most one mark of a room waits to go out, and what it says is decided when it goes.
 */
final class RoomSignals {
    /** What the signals of a room need of the client around them. */
    interface Owner {
        /** There is something to say of how far this user is: {@link #sayMark} when the pace allows it. */
        void markDue(RoomSignals signals);

        /** This device has told the server that the user has read a room up to {@code seq}, a little while ago. */
        void hasRead(Room room, long seq);
    }

    private static final Duration MARK_PAUSE = Duration.ofSeconds(1);
    private static final Duration TYPING_LASTS = Duration.ofSeconds(6);
    private static final Duration TYPING_REPEATS = Duration.ofSeconds(3);
    private static final int MAX_TYPING = 100;

    private final Room room;
    private final RoomCalls calls;
    private final Loop loop;
    private final Owner owner;
    private final Map<UserId, Scheduler.Cancellable> typing = new HashMap<>();

    /** The connection that the room is joined on, while it is. */
    private @Nullable Link link;

    private boolean isMember;

    /** Whether a mark waits for its time or for the pace. */
    private boolean marking;

    private Scheduler.Cancellable markTimer = () -> {};

    /** Up to where the listener is given what there is. */
    private @Nullable Cursor head;

    private long lastDelivered;
    private long ownRead;
    private long ownReadEpoch;
    private long pendingRead;
    private boolean types;
    private long lastTyped;

    RoomSignals(Room room, RoomCalls calls, Loop loop, Owner owner) {
        this.room = room;
        this.calls = calls;
        this.loop = loop;
        this.owner = owner;
    }

    /** The room is joined on {@code newLink}; the last word of this device may have been lost with the connection before. */
    void online(Link newLink, Cursor at, boolean member) {
        link = newLink;
        isMember = member;
        lastDelivered = 0;
        if (ownRead > 0 && ownReadEpoch == at.epoch()) {
            pendingRead = ownRead;
        }
        reached(at);
    }

    /** The room isn't joined now. */
    void offline() {
        link = null;
        marking = false;
        markTimer.cancel();
    }

    void setMember(boolean member) {
        isMember = member;
    }

    /** The listener is given all up to {@code at}. */
    void reached(Cursor at) {
        head = at;
        if (at.seq() > 0) {
            markSoon();
        }
    }

    // How far somebody is.

    void onMarked(ServerSignal.Marked frame) {
        calls.tell(listener -> listener.onMark(frame.user(), frame.delivered(), frame.read()));
    }

    void onQueued(ClientId clientId) {
        calls.tell(listener -> listener.onQueued(clientId));
    }

    /** This user has read all up to {@code at}. */
    void markRead(Cursor at) {
        if (at.seq() > ownRead || at.epoch() != ownReadEpoch) {
            ownRead = at.seq();
            ownReadEpoch = at.epoch();
            pendingRead = at.seq();
            markSoon();
        }
    }

    /** At most one a second is due, with the newest of each. */
    private void markSoon() {
        if (!marking && isMember && link != null) {
            marking = true;
            markTimer = loop.after(MARK_PAUSE, () -> owner.markDue(this));
        }
    }

    /** Tells whether the user has read what the server wasn't told. */
    boolean hasReadMore() {
        return pendingRead > 0;
    }

    /** Says how far this user is, if there is something new to say; returns false if the pace doesn't allow it now. */
    boolean sayMark() {
        Link on = link;
        if (on == null || !isMember) {
            marking = false;
            return true;
        }
        Cursor at = room.cursor().orElse(null);
        if (at != null && !sayMark(on, at)) {
            return false;
        }
        marking = false;
        if (!room.isLeft() && !Objects.equals(at, head)) {
            markSoon(); // the listener is behind, and perhaps nothing else happens here
        }
        return true;
    }

    private boolean sayMark(Link on, Cursor at) {
        long recv = at.seq() > lastDelivered ? at.seq() : 0;
        long read = ownReadEpoch == at.epoch() ? pendingRead : 0;
        if (recv > 0 || read > 0) {
            if (!on.trySay(new ClientSignal.Mark(room.id(), at.epoch(), recv, read))) {
                return false;
            }
            lastDelivered = Math.max(lastDelivered, recv);
            pendingRead = 0;
            if (read > 0) {
                loop.after(MARK_PAUSE, () -> owner.hasRead(room, read));
            }
        }
        return true;
    }

    // Who is writing.

    /** Who types and then says nothing more has stopped. */
    void onTyped(ServerSignal.Typed frame) {
        UserId user = frame.user();
        Scheduler.@Nullable Cancellable before = typing.remove(user);
        if (before != null) {
            before.cancel();
        }
        if (!frame.isOn()) {
            calls.tell(listener -> listener.onTyping(user, false));
        } else if (typing.size() < MAX_TYPING) { // nobody is told of who couldn't be said to have stopped
            typing.put(user, loop.after(TYPING_LASTS, () -> {
                typing.remove(user);
                calls.tell(listener -> listener.onTyping(user, false));
            }));
            if (before == null) {
                calls.tell(listener -> listener.onTyping(user, true));
            }
        }
    }

    /** This user is writing something, or is no more. */
    void type(boolean on) {
        long now = loop.nanoTime();
        boolean isNews = on != types || on && now - lastTyped >= TYPING_REPEATS.toNanos();
        if (link != null && isNews) {
            types = on;
            lastTyped = now;
            link.tell(new ClientSignal.Typing(room.id(), on));
        }
    }
}
