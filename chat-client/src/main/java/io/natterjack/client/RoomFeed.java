package io.natterjack.client;

import io.natterjack.core.ChatException;
import io.natterjack.core.Cursor;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.wire.ClientFrame;
import io.natterjack.core.wire.RoomCursor;
import io.natterjack.core.wire.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One room's way from the server to its listener: turns live events, replays and pages into one sequence without holes or
 * repeats. Lane only.
 *
 * <p>There is one place, the cursor of its {@link RoomProgress}: what comes is accepted if it follows at once, dropped if it was
 * there, and taken for a sign that something is missing if not; then the room is joined again from the cursor. Which way the
 * server chooses to bring what is missing doesn't matter here:
 *
 * <pre>
 *   OFFLINE ──▶ JOINING ── joined live, replay ──▶ LIVE
 *                 ▲  └──── joined gap ──▶ FILLING ──▶ LIVE      pages of changes; live events held back
 *                 └────── a hole, another epoch ───────┘
 * </pre>
 */
final class RoomFeed {
    private enum Phase {
        OFFLINE,
        JOINING,
        FILLING,
        LIVE
    }

    /** What a feed needs of the client around it. */
    interface Owner extends RoomSignals.Owner {
        /** The server brings the room's events: sends and readings may go. */
        void joined(RoomFeed feed);

        /** The server won't have this client in the room. */
        void refused(RoomFeed feed, ErrorCode code);

        /** The room has something new of this client's user. */
        void shown(RoomEvent own);

        /** What the room had above {@code base} is gone. */
        void gone(RoomId room, Cursor base);

        /** Tells whether that is this client's user. */
        boolean isUser(UserId other);

        /** Something a person should know of. */
        void alarm(ChatException alarm);
    }

    private static final Duration RETRY_BASE = Duration.ofMillis(500);
    private static final Duration RETRY_CAP = Duration.ofSeconds(30);

    private final Room room;
    private final int tail;
    private final long maxGapFill;
    private final Loop loop;
    private final RoomCalls calls;
    private final RoomSignals signals;
    private final Owner owner;
    private final Backoff retries;
    private final GapFill gap;
    private final RoomProgress progress;
    private Phase phase = Phase.OFFLINE;
    private @Nullable Link link;

    /** The join that the server hasn't answered on the present connection. */
    private @Nullable Request unanswered;

    /** Counts the joins, so that answers to what was asked before the last one are told apart and dropped. */
    private int generation;

    /** The id that {@code joined} must carry if the room was joined by {@code hello}; 0 if not. */
    private int helloId;

    private Optional<Cursor> asked = Optional.empty();
    private Scheduler.Cancellable later = () -> {};

    RoomFeed(
            Room room,
            RoomListener listener,
            int tail,
            long maxGapFill,
            Loop loop,
            Deliveries deliveries,
            Owner owner) {
        this.room = room;
        this.tail = tail;
        this.maxGapFill = maxGapFill;
        this.loop = loop;
        this.calls = new RoomCalls(room, listener, deliveries);
        this.gap = new GapFill(calls);
        this.signals = new RoomSignals(room, calls, loop, owner);
        this.progress = new RoomProgress(room, calls, gap, signals, owner);
        this.owner = owner;
        this.retries = new Backoff(loop, RETRY_BASE, RETRY_CAP);
    }

    Room room() {
        return room;
    }

    RoomId id() {
        return room.id();
    }

    /** Returns what is said of the room that may get lost. */
    RoomSignals signals() {
        return signals;
    }

    /** Tells whether the server has the room joined on the present connection. */
    boolean isJoined() {
        return phase == Phase.LIVE || phase == Phase.FILLING;
    }

    // Joining.

    /** Returns the place up to which all has been handed on to be delivered; nothing before the first join. */
    Optional<Cursor> cursor() {
        return progress.cursor();
    }

    /** Returns how a {@code hello} asks for this room; nothing if only a {@code join} can ask for what it wants. */
    Optional<RoomCursor> forHello() {
        return !cursor().isPresent() && tail > 0 ? Optional.empty() : Optional.of(new RoomCursor(id(), cursor()));
    }

    /** Returns the join that the server hasn't answered; it won't if the room is left, or joined again, meanwhile. */
    Optional<Request> unanswered() {
        return Optional.ofNullable(unanswered);
    }

    /** There is no connection any more, or the feed is done. */
    void offline() {
        restart(Phase.OFFLINE);
        link = null;
        unanswered = null;
    }

    /** The {@code hello} of {@code newLink} has asked for this room; {@code joined} follows. */
    void joinedByHello(Link newLink, int id, Optional<Cursor> place) {
        restart(Phase.JOINING);
        link = newLink;
        helloId = id;
        asked = place;
    }

    /** Asks for the room's events on {@code newLink}. */
    void join(Link newLink) {
        restart(Phase.JOINING);
        link = newLink;
        helloId = 0;
        asked = cursor();
        int current = generation;
        int events = asked.isPresent() ? 0 : tail;
        Request request = new Request() {
            @Override
            public void answered(ServerFrame answer) {
                isAnswered(this);
                if (generation == current && answer instanceof ServerFrame.Joined joined) {
                    onJoined(joined);
                }
            }

            @Override
            public void refused(ServerFrame.Refused refusal) {
                isAnswered(this);
                if (generation == current) {
                    onJoinRefused(refusal);
                }
            }
        };
        unanswered = request;
        newLink.request(id -> new ClientFrame.Join(id, id(), asked, events), request);
    }

    private void isAnswered(Request join) {
        if (unanswered == join) {
            unanswered = null;
        }
    }

    private void rejoin() {
        if (link == null) {
            return;
        }
        if (retries.attempts() == 0) {
            retries.next();
            join(link);
        } else {
            rejoinAfter(retries.next());
        }
    }

    private void rejoinAfter(Duration delay) {
        restart(Phase.JOINING);
        later = loop.after(delay, () -> {
            if (link != null) {
                join(link);
            }
        });
    }

    private void restart(Phase next) {
        phase = next;
        generation++;
        later.cancel();
        gap.breakOff();
        signals.offline();
    }

    /** A {@code joined} came that answers no {@code join}: that of a {@code hello}. */
    void onJoinedByHello(ServerFrame.Joined joined) {
        if (phase == Phase.JOINING && helloId != 0 && (joined.id() == helloId || joined.id() == 0)) {
            onJoined(joined);
        }
    }

    /** An error came for the room that answers no {@code join}: to a {@code hello}, whose id it may leave out. */
    void onHelloRefused(ServerFrame.Refused refusal) {
        boolean ofHello = refusal.id() == helloId
                || refusal.id() == 0 && !refusal.clientId().isPresent();
        if (phase == Phase.JOINING && helloId != 0 && ofHello) {
            onJoinRefused(refusal);
        }
    }

    private void onJoinRefused(ServerFrame.Refused refusal) {
        if (refusal.retry().isPresent()) {
            rejoinAfter(refusal.retry().get().plus(retries.next()));
        } else {
            offline();
            calls.refused(refusal.code());
            owner.refused(this, refusal.code());
        }
    }

    private void onJoined(ServerFrame.Joined joined) {
        Link on = link;
        if (on == null) {
            return;
        }
        helloId = 0;
        Cursor start = new Cursor(joined.head().epoch(), joined.after());
        progress.agree(joined, asked, start);
        Cursor place = progress.place();
        boolean hasGap = joined.mode() == ServerFrame.Joined.Mode.GAP && place.seq() < start.seq();
        if (hasGap && start.seq() - place.seq() > maxGapFill) {
            progress.skip(place, start);
            hasGap = false;
        }
        phase = hasGap ? Phase.FILLING : Phase.LIVE;
        Cursor at = progress.place();
        calls.joined(at);
        calls.tell(listener -> listener.onSettings(joined.settings(), joined.membership()));
        signals.online(on, at, joined.membership().isPresent());
        progress.floorIs(joined.floor());
        owner.joined(this);
        if (hasGap) {
            gap.begin(start.seq());
            askForChanges();
        } else {
            gap.forget();
        }
    }

    /** The server has taken this user out of the room. */
    void onRemoved() {
        offline();
        calls.removed();
        owner.refused(this, ErrorCode.NOT_MEMBER);
    }

    // Live events and replays.

    /** Takes events of the present connection. */
    void onEvents(ServerFrame.Ev frame) {
        if (phase == Phase.FILLING) {
            frame.events().forEach(gap::hold);
        } else if (phase == Phase.LIVE) {
            for (RoomEvent event : frame.events()) {
                if (!accept(event)) {
                    rejoin();
                    return;
                }
            }
        }
    }

    /** Takes the event if it is the next one, drops it if it was there; returns false if something is missing. */
    private boolean accept(RoomEvent event) {
        if (progress.isNext(event)) {
            retries.reset();
            progress.take(event);
            if (owner.isUser(event.sender())) {
                owner.shown(event);
            }
            signals.reached(event.at());
            return true;
        }
        return progress.has(event);
    }

    // Filling a gap.

    private void askForChanges() {
        if (link == null) {
            return;
        }
        Cursor since = gap.next(progress.place());
        int current = generation;
        link.request(
                id -> new ClientFrame.Changes(
                        id, id(), OptionalLong.of(since.epoch()), since.seq(), ClientFrame.MAX_CHANGES),
                new Request() {
                    @Override
                    public void answered(ServerFrame answer) {
                        if (generation == current && answer instanceof ServerFrame.Messages page) {
                            onChanges(page);
                        }
                    }

                    @Override
                    public void refused(ServerFrame.Refused refusal) {
                        if (generation == current) {
                            onChangesRefused(refusal);
                        }
                    }
                });
    }

    private void onChangesRefused(ServerFrame.Refused refusal) {
        Optional<Duration> retry = refusal.retry();
        if (retry.isPresent()) {
            later = loop.after(retry.get().plus(retries.next()), this::askForChanges);
        } else {
            rejoin(); // the server's past has changed meanwhile: it tells what is shared
        }
    }

    private void onChanges(ServerFrame.Messages answer) {
        Cursor upto = answer.page().upto();
        if (upto.epoch() != progress.place().epoch()
                || answer.page().hasMore() && answer.page().messages().isEmpty()) {
            rejoin();
            return;
        }
        progress.floorIs(gap.within(answer.page().floor()));
        gap.show(answer.page(), progress.place());
        retries.reset();
        if (answer.page().hasMore()) {
            askForChanges();
        } else {
            filled(new Cursor(upto.epoch(), gap.within(upto.seq())));
        }
    }

    private void filled(Cursor upto) {
        boolean whole = !gap.isOverflown();
        List<RoomEvent> meanwhile = gap.end();
        if (upto.seq() > progress.place().seq()) {
            progress.moveTo(upto);
        }
        phase = Phase.LIVE;
        signals.reached(progress.place());
        for (RoomEvent event : meanwhile) {
            whole = whole && accept(event);
        }
        if (!whole) {
            rejoin();
        }
    }
}
