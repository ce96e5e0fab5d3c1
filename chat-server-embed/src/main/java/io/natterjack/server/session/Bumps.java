package io.natterjack.server.session;

import io.natterjack.core.Cursor;
import io.natterjack.core.EventKind;
import io.natterjack.core.RoomChange;
import io.natterjack.core.RoomEvent;
import io.natterjack.core.RoomId;
import io.natterjack.core.UserId;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.core.spi.Signal;
import io.natterjack.core.spi.Signals;
import io.natterjack.core.wire.ServerSignal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells people who are online of what happens in rooms that they haven't joined, at most once a second and room; and of what happens to
 * themselves there. A room that nobody has asked to hear of costs one look-up.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Bumps {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MAX_PREVIEW = 100;

    private final Scheduler scheduler;
    private final Signals signals;
    private final Map<RoomId, Set<Interest>> interests = new ConcurrentHashMap<>();

    /** Makes one that nobody has asked anything; it sends to the sessions of this process alone, since each node hears of each event. */
    public Bumps(Scheduler scheduler, Signals signals) {
        this.scheduler = scheduler;
        this.signals = signals;
    }

    /** One who wants to hear of a room. */
    interface Ear {
        UserId user();

        /** Takes what there is to tell. */
        void bump(Signal signal);

        /** Asks whether they still may hear of the room: they may have been removed by an event that wasn't heard. Fails if nobody knows. */
        CompletionStage<Boolean> mayStill();
    }

    /** An event, and what is said of it: made once for all that hear of it, if anybody does. */
    private static final class News {
        final RoomEvent event;
        private final Optional<RoomChange> change;
        private @Nullable Signal signal;

        News(RoomEvent event) {
            this.event = event;
            this.change = event.kind().changesAccess() ? RoomChange.readable(event) : Optional.empty();
        }

        /** Tells whether the user may not be allowed to hear of the room any more. */
        boolean mayEndHearing(UserId user) {
            return event.kind().changesAccess()
                    && !(change.orElse(null) instanceof RoomChange.Member member
                            && !member.user().equals(user));
        }

        synchronized Signal signal() {
            Signal made = signal;
            if (made == null) {
                made = bump(event);
                signal = made;
            }
            return made;
        }
    }

    /** One session's wish to hear of one room. */
    final class Interest implements AutoCloseable {
        private final RoomId room;
        private final Ear ear;

        // Guarded by this.
        private @Nullable News latest;
        private boolean pausing;
        private @Nullable Cursor last;
        private boolean isDoubtful;
        /** How often there was a new doubt: an answer is of no use to those that came after the question. */
        private int doubts;

        private boolean closed;

        private Interest(RoomId room, Ear ear) {
            this.room = room;
            this.ear = ear;
        }

        /**
         * Who was removed must not read what comes behind that, though the session hears of it only when it gets to it; and what doesn't
         * follow the event before it may have missed a removal.
         */
        private void happened(News news) {
            synchronized (this) {
                RoomEvent event = news.event;
                Cursor before = last;
                boolean follows =
                        before != null && before.epoch() == event.at().epoch() && before.seq() + 1 == event.seq();
                boolean isOld = before != null && before.epoch() == event.at().epoch() && before.seq() >= event.seq();
                if (closed || isOld) {
                    return;
                }
                if (before != null && !follows || news.mayEndHearing(ear.user())) {
                    isDoubtful = true;
                    doubts++;
                }
                last = event.at();
                latest = news;
                if (pausing) {
                    return;
                }
                pausing = true;
            }
            tell();
        }

        private void tell() {
            News news;
            boolean doubtful;
            int asked;
            synchronized (this) {
                news = latest;
                latest = null;
                pausing = news != null;
                doubtful = isDoubtful;
                asked = doubts;
            }
            if (news == null) {
                return;
            }
            if (doubtful) {
                ear.mayStill().whenComplete((may, failure) -> checked(news, asked, may));
            } else {
                ear.bump(news.signal());
            }
            scheduler.after(PAUSE, this::tell);
        }

        private void checked(News news, int asked, @Nullable Boolean may) {
            boolean isSure = may != null && may;
            boolean tells;
            synchronized (this) {
                isDoubtful &= !(isSure && asked == doubts);
                tells = isSure && !closed;
            }
            if (tells) {
                ear.bump(news.signal());
            }
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
                latest = null;
            }
            interests.computeIfPresent(room, (same, present) -> {
                present.remove(this);
                return present.isEmpty() ? null : present;
            });
        }
    }

    /** Has {@code ear} hear of the room, until the interest is closed. */
    Interest listen(RoomId room, Ear ear) {
        Interest interest = new Interest(room, ear);
        interests.compute(room, (same, present) -> {
            Set<Interest> set = present == null ? ConcurrentHashMap.newKeySet() : present;
            set.add(interest);
            return set;
        });
        return interest;
    }

    private static Signal bump(RoomEvent event) {
        return new Signal(
                new ServerSignal.Bump(event.room(), event.at(), event.timestamp(), event.sender(), preview(event)),
                Signal.kind("bump", event.room()));
    }

    private static Optional<String> preview(RoomEvent event) {
        if (event.kind() != EventKind.MESSAGE || event.body().isGone()) {
            return Optional.empty();
        }
        return event.body()
                .text()
                .map(text -> text.codePointCount(0, text.length()) <= MAX_PREVIEW
                        ? text
                        : text.substring(0, text.offsetByCodePoints(0, MAX_PREVIEW)));
    }

    /** Tells whether somebody wants to hear of the room. */
    public boolean isInterested(RoomId room) {
        return interests.containsKey(room);
    }

    /** Events were committed, here or elsewhere. */
    public void committed(List<RoomEvent> events) {
        for (RoomEvent event : events) {
            Set<Interest> ofRoom = interests.get(event.room());
            if (ofRoom != null) {
                News news = new News(event);
                ofRoom.forEach(interest -> interest.happened(news));
            }
            if (event.kind().changesAccess()) {
                tellThoseConcerned(event);
            }
        }
    }

    private void tellThoseConcerned(RoomEvent event) {
        RoomChange change = RoomChange.readable(event).orElse(null);
        if (change instanceof RoomChange.Member member) {
            tell(event, member);
        } else if (change instanceof RoomChange.Created created) {
            for (UserId owner : created.owners()) {
                tell(event, new RoomChange.Member(owner, true));
            }
        }
    }

    private void tell(RoomEvent event, RoomChange.Member change) {
        Signal signal = new Signal(
                new ServerSignal.Standing(event.room(), change, event.sender()),
                Signal.kind("standing", event.room(), event.seq()));
        signals.toUser(change.user(), signal, Optional.empty());
    }
}
