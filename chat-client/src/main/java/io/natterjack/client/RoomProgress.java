package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.Cursor;
import io.natterjack.core.Message;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.wire.ServerFrame;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one room's listener has got, and how it gets further: event by event, over what is skipped, or back to what this side's past
 * and the server's have in common. Lane only.
 */
final class RoomProgress {
    private final Room room;
    private final RoomCalls calls;
    private final GapFill gap;
    private final RoomSignals signals;
    private final RoomFeed.Owner owner;
    private @Nullable Cursor cursor;

    /** The highest seq of which the listener knows from a {@code joined} or a page that the room shows nothing up to it. */
    private long floor;

    RoomProgress(Room room, RoomCalls calls, GapFill gap, RoomSignals signals, RoomFeed.Owner owner) {
        this.room = room;
        this.calls = calls;
        this.gap = gap;
        this.signals = signals;
        this.owner = owner;
        this.cursor = room.cursor().orElse(null);
    }

    /** Returns the place up to which all has been handed on to be delivered; nothing before the first join. */
    Optional<Cursor> cursor() {
        return Optional.ofNullable(cursor);
    }

    /** The same, of a room that was joined. */
    Cursor place() {
        if (cursor == null) {
            throw new IllegalStateException("room " + room.id() + " has no cursor yet");
        }
        return cursor;
    }

    // Going on.

    /** Tells whether that is the next event. */
    boolean isNext(RoomEvent event) {
        return event.at().epoch() == place().epoch() && event.seq() == place().seq() + 1;
    }

    /** Tells whether the event was there already. */
    boolean has(RoomEvent event) {
        return event.at().epoch() == place().epoch() && event.seq() <= place().seq();
    }

    /** Takes the next event. */
    void take(RoomEvent event) {
        cursor = event.at();
        show(event);
    }

    /** The listener gets to {@code to} without being told of anything. */
    void moveTo(Cursor to) {
        cursor = to;
        gap.passed(to.seq());
        calls.reached(to);
    }

    void skip(Cursor after, Cursor upto) {
        cursor = upto;
        gap.passed(upto.seq());
        calls.skipped(after, upto);
    }

    /** The room shows nothing up to {@code seq}. Once is enough to say it. */
    void floorIs(long seq) {
        if (seq > floor) {
            floor = seq;
            calls.trimmed(seq, place());
        }
    }

    private void show(RoomEvent event) {
        switch (event.kind()) {
            case MESSAGE -> {
                if (gap.takeShown(event.seq())) {
                    moveTo(event.at());
                } else if (event.body().isGone()) {
                    calls.change(event); // there was something, and a message that it replied to counts it all the same
                } else {
                    calls.message(Message.of(event), event.at());
                }
            }
            case ERASED, TRIMMED -> showRemoval(event);
            case EDIT, REVOKE, REACT, PIN, MEMBER, ROOM, CREATED -> showChange(event);
            case UNKNOWN -> moveTo(event.at());
        }
    }

    private void showChange(RoomEvent event) {
        try {
            RoomChange change = RoomChange.of(event);
            if (change instanceof RoomChange.Member member && owner.isUser(member.user())) {
                signals.setMember(member.isIn());
            }
            calls.change(event);
        } catch (IllegalArgumentException ofANewerServer) {
            moveTo(event.at());
        }
    }

    private void showRemoval(RoomEvent event) {
        try {
            RoomChange change = RoomChange.of(event);
            if (change instanceof RoomChange.Erased erased) {
                calls.erased(erased.seqs(), event.at());
            } else if (change instanceof RoomChange.Trimmed trimmed) {
                // Also if it was told before: messages may have come since that were read before they were trimmed.
                calls.trimmed(trimmed.upto(), event.at());
            }
        } catch (IllegalArgumentException ofANewerServer) {
            moveTo(event.at());
        }
    }

    // Going back.

    /**
     * Goes back to where client and server have the same past, if need be.
     *
     * @param asked which place the join named, if it did
     * @param start after which place events follow
     */
    void agree(ServerFrame.Joined joined, Optional<Cursor> asked, Cursor start) {
        if (cursor == null) {
            moveTo(start);
            return;
        }
        // The cursor may have moved on since it was named: an older connection went on serving meanwhile. That is no
        // other past. One that was ahead already when it was named is.
        boolean ahead = asked.isPresent() && asked.get().seq() > start.seq();
        if (joined.base().isPresent() || cursor.epoch() != start.epoch() || ahead) {
            long shared = joined.base().orElse(ahead ? start.seq() : 0);
            reset(new Cursor(start.epoch(), Math.min(cursor.seq(), shared)), cursor);
        }
    }

    private void reset(Cursor base, Cursor before) {
        if (base.seq() == before.seq() && !gap.hasShown()) {
            moveTo(base); // all that was seen here is shared: only the epoch is another
            return;
        }
        owner.alarm(new ChatException("room " + room.id() + " has lost its past above " + base));
        cursor = base;
        gap.reset(base);
        owner.gone(room.id(), base);
        floor = Math.min(floor, base.seq());
        calls.reset(base);
    }
}
