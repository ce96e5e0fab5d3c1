package io.natterjack.store.redis.queue;

import io.natterjack.core.StoreException;
import io.natterjack.core.spi.MessageStore;
import io.natterjack.core.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after drafts whose outcome doesn't come. One that isn't in its stream any more, and whose outcome was lost on the way, is looked up
 * in the store. One that waits there still is looked at again; at the deadline it is refused to its sender for now, and looked at rarely from
 * then on.
 *
 * <p>A stream loses its entries roughly in order. So one look at its oldest tells of all drafts that are due; one that was taken out early
 * counts as waiting until the oldest has come as far.
 *
 * <p><b>Threads.</b>
 *
 * <pre>
 *   any thread      watch
 *   timer           tick: begins checks
 *   Lettuce         checked
 *   store thread    lookUp: one at a time; calls the store
 * </pre>
 */
final class OverdueDrafts {
    private static final int LOOKS_A_DEADLINE = 5;
    private static final int TICKS_A_LOOK = 5;
    private static final Logger LOG = LoggerFactory.getLogger(OverdueDrafts.class);

    /** Orders the ids of a stream's entries. */
    private static final Comparator<String> ORDER =
            Comparator.comparingLong((String id) -> part(id, 0)).thenComparingLong(id -> part(id, 1));

    private enum Turn {
        /** Somebody waits for it. */
        SOON,
        /** Nothing is waited for any more: whoever waits is refused. */
        LAST,
        /** Nobody waits; it may have left its stream since. */
        LATER
    }

    /** When to look at a draft; by its number, so that nothing holds one that is settled before. */
    private record Check(long number, long due, Turn turn) {}

    /**
     * A draft to be looked up.
     *
     * @param gone whether it isn't in its stream any more
     */
    private record LookUp(SentDraft sent, boolean gone) {}

    private final SentDrafts drafts;
    private final QueueScripts scripts;
    private final Scheduler scheduler;
    private final Executor threads;
    private final MessageStore store;
    private final Duration deadline;
    private final Object lock = new Object();

    // Guarded by lock. In the order in which they are due, each.
    private final Queue<Check> soon = new ArrayDeque<>();
    private final Queue<Check> last = new ArrayDeque<>();
    private final Queue<Check> later = new ArrayDeque<>();
    private final Queue<LookUp> lookUps = new ArrayDeque<>();
    private boolean ticking;
    private boolean lookingUp;
    private boolean closed;

    OverdueDrafts(
            SentDrafts drafts,
            QueueScripts scripts,
            Scheduler scheduler,
            Executor threads,
            MessageStore store,
            Duration deadline) {
        this.drafts = drafts;
        this.scripts = scripts;
        this.scheduler = scheduler;
        this.threads = threads;
        this.store = store;
        this.deadline = deadline;
    }

    /** Has a draft looked after for as long as its outcome hasn't come. */
    void watch(SentDraft sent) {
        lookSoon(sent);
        add(last, sent, patience(), Turn.LAST);
    }

    /** Looks at the draft again: soon if somebody waits for it. */
    private void lookAgain(SentDraft sent) {
        if (drafts.isAwaited(sent, Duration.ZERO)) {
            lookSoon(sent);
        } else if (drafts.rest(sent)) {
            add(later, sent, deadline, Turn.LATER);
        }
    }

    private void lookSoon(SentDraft sent) {
        if (drafts.watch(sent)) {
            add(soon, sent, deadline.dividedBy(LOOKS_A_DEADLINE), Turn.SOON);
        }
    }

    private void add(Queue<Check> checks, SentDraft sent, Duration delay, Turn turn) {
        boolean start;
        synchronized (lock) {
            if (closed) {
                return;
            }
            checks.add(new Check(sent.number, scheduler.nanoTime() + delay.toNanos(), turn));
            start = !ticking;
            ticking = true;
        }
        if (start) {
            tickLater();
        }
    }

    /** How long anybody waits at most, also where neither Redis nor the store answers. */
    private Duration patience() {
        return deadline.plus(deadline.dividedBy(3));
    }

    private void tickLater() {
        scheduler.after(deadline.dividedBy(LOOKS_A_DEADLINE * TICKS_A_LOOK), this::tick);
    }

    private void tick() {
        long now = scheduler.nanoTime();
        List<Check> due = new ArrayList<>();
        boolean more;
        synchronized (lock) {
            takeDue(last, now, due);
            takeDue(soon, now, due);
            takeDue(later, now, due);
            more = !closed && !(soon.isEmpty() && last.isEmpty() && later.isEmpty());
            ticking = more;
        }
        checkAll(due);
        if (more) {
            tickLater();
        }
    }

    private static void takeDue(Queue<Check> from, long now, List<Check> due) {
        while (!from.isEmpty() && from.element().due - now <= 0) {
            due.add(from.remove());
        }
    }

    private void checkAll(List<Check> due) {
        Map<Integer, List<SentDraft>> queued = new TreeMap<>();
        for (Check check : due) {
            SentDraft sent = drafts.find(check.number).orElse(null);
            if (sent == null) {
                continue;
            }
            if (check.turn == Turn.LATER) {
                drafts.wakeFromRest(sent);
            } else if (check.turn == Turn.SOON) {
                drafts.watched(sent);
            }
            if (check.turn == Turn.LAST || drafts.idOf(sent).isEmpty()) {
                drafts.refuse(sent, deadline);
                lookAgain(sent);
            } else {
                queued.computeIfAbsent(sent.stream, unused -> new ArrayList<>()).add(sent);
            }
        }
        queued.forEach((stream, all) ->
                scripts.oldest(stream).whenComplete((oldest, failure) -> all.forEach(sent -> checked(sent, oldest))));
    }

    private void checked(SentDraft sent, @Nullable String oldest) {
        if (oldest != null && waits(drafts.idOf(sent), oldest)) {
            drafts.refuse(sent, deadline);
            lookAgain(sent);
        } else if (oldest != null || drafts.isAwaited(sent, deadline)) {
            lookUpLater(new LookUp(sent, oldest != null));
        } else {
            lookAgain(sent);
        }
    }

    private static boolean waits(String id, String oldest) {
        return !oldest.isEmpty() && ORDER.compare(id, oldest) >= 0;
    }

    private static long part(String id, int index) {
        return Long.parseLong(id.split("-", -1)[index]);
    }

    private void lookUpLater(LookUp lookUp) {
        synchronized (lock) {
            lookUps.add(lookUp);
            if (lookingUp) {
                return;
            }
            lookingUp = true;
        }
        try {
            threads.execute(this::lookUpAll);
        } catch (RejectedExecutionException shutDown) {
            synchronized (lock) {
                lookingUp = false;
                lookUps.clear();
            }
        }
    }

    private void lookUpAll() {
        boolean away = false;
        while (true) {
            LookUp next;
            synchronized (lock) {
                next = closed ? null : lookUps.poll();
                lookingUp = next != null;
            }
            if (next == null) {
                return;
            }
            // One look is enough to learn that the store is away.
            away = away || !lookUp(next);
            if (away) {
                drafts.refuse(next.sent, deadline);
                lookAgain(next.sent);
            }
        }
    }

    /** Returns false if the store can't be asked. */
    private boolean lookUp(LookUp lookUp) {
        SentDraft sent = lookUp.sent;
        if (drafts.isDone(sent)) {
            return true;
        }
        Optional<MessageStore.Known> known;
        try {
            known = store.find(sent.draft.room(), sent.draft.sender(), sent.draft.clientId());
        } catch (StoreException away) {
            LOG.debug("What became of a draft can't be looked up: {}", away.toString());
            return false;
        } catch (RuntimeException | Error failure) {
            // Whatever a store does, the next look-up comes.
            LOG.warn("The store failed to look up what became of a draft", failure);
            return false;
        }
        if (known.isPresent()) {
            drafts.settle(sent.number, known.get().answer(sent.draft));
        } else if (lookUp.gone) {
            // Refused, or lost with Redis. A resend finds out.
            drafts.settle(sent.number, SentDrafts.UNAVAILABLE);
        } else {
            drafts.refuse(sent, deadline);
            lookAgain(sent);
        }
        return true;
    }

    void close() {
        synchronized (lock) {
            closed = true;
            soon.clear();
            last.clear();
            later.clear();
            lookUps.clear();
        }
    }
}
