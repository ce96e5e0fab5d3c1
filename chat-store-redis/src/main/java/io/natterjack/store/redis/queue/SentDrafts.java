package io.natterjack.store.redis.queue;

import io.natterjack.core.Draft;
import io.natterjack.core.ErrorCode;
import io.natterjack.core.EventKind;
import io.natterjack.core.Outcome;
import io.natterjack.core.spi.Flow;
import io.natterjack.core.spi.QueueStats;
import io.natterjack.core.spi.Scheduler;
import io.natterjack.store.redis.queue.SentDraft.Waiter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What this node has sent to the queue and has no outcome of yet, and who waits for it.
 *
 * <p>A draft whose sender gave up waiting stays known while it waits in its stream, so that a resend waits for the same one.
 *
 * <p><b>Threads.</b> Any thread may call any method. Stages complete on the thread of one of the callers, one at a time.
 */
final class SentDrafts {
    static final Outcome.Refused UNAVAILABLE = Outcome.Refused.retryAfter(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1));
    static final Outcome.Refused BUSY = Outcome.Refused.retryAfter(ErrorCode.BUSY, Duration.ofMillis(250));

    private final QueueSettings settings;
    private final Scheduler scheduler;
    private final OrderedAnswers answers = new OrderedAnswers();
    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<Long, SentDraft> byNumber = new HashMap<>();
    private final Map<SentDraft.Key, SentDraft> byKey = new HashMap<>();
    private boolean draining;
    private long lastNumber;
    private long bytes;
    private int resends;
    private long resentBytes;

    /** How many drafts are known to be in each stream. */
    private final int[] queued;

    SentDrafts(QueueSettings settings, Scheduler scheduler) {
        this.settings = settings;
        this.scheduler = scheduler;
        this.queued = new int[settings.streams()];
    }

    /** A draft and who waits for it. */
    record Admitted(SentDraft sent, Waiter waiter) {}

    /** Makes room for the draft, or finds it where it is already; nothing if there is no room, or it is closing. */
    Optional<Admitted> admit(Draft draft, Flow flow, int stream) {
        synchronized (lock) {
            SentDraft known = byKey.get(SentDraft.Key.of(draft));
            boolean same = known != null && known.draft.contentHash().equals(draft.contentHash());
            if (draining || (same ? areResendsFull(draft.size()) : isFull(draft.size()))) {
                return Optional.empty();
            }
            SentDraft sent = same && known != null ? known : added(draft, stream);
            Waiter waiter = new Waiter(flow, scheduler.nanoTime(), same);
            if (same) {
                resends++;
                resentBytes += draft.size();
            }
            sent.waiters.add(waiter);
            sent.submissions++;
            answers.expect(waiter);
            return Optional.of(new Admitted(sent, waiter));
        }
    }

    private boolean isFull(int size) {
        return byNumber.size() >= settings.maxDrafts() || !byNumber.isEmpty() && bytes + size > settings.maxBytes();
    }

    /** What is sent again travels to its stream again, so it takes its place on the way, though it is one draft. */
    private boolean areResendsFull(int size) {
        return resends >= settings.maxDrafts() || resends > 0 && resentBytes + size > settings.maxBytes();
    }

    /** Guarded by lock. The call that brought the draft to its stream is over. */
    private void submitted(SentDraft sent, Waiter waiter) {
        sent.submissions--;
        if (waiter.isResend) {
            resends--;
            resentBytes -= sent.draft.size();
        }
    }

    private SentDraft added(Draft draft, int stream) {
        SentDraft sent = new SentDraft(draft, ++lastNumber, stream);
        byNumber.put(sent.number, sent);
        byKey.putIfAbsent(SentDraft.Key.of(draft), sent);
        bytes += draft.size();
        return sent;
    }

    /** Returns the draft of that number, while its outcome isn't known. */
    Optional<SentDraft> find(long number) {
        synchronized (lock) {
            return Optional.ofNullable(byNumber.get(number));
        }
    }

    /** Returns where the draft is in its stream, as far as that is known; empty if it isn't. */
    String idOf(SentDraft sent) {
        synchronized (lock) {
            return sent.id;
        }
    }

    /** Tells whether somebody waits for it, and since when at least {@code age}. */
    boolean isAwaited(SentDraft sent, Duration age) {
        long now = scheduler.nanoTime();
        synchronized (lock) {
            return sent.waiters.stream().anyMatch(waiter -> now - waiter.since >= age.toNanos());
        }
    }

    boolean isDone(SentDraft sent) {
        synchronized (lock) {
            return sent.done;
        }
    }

    /** Notes that the draft will be looked at soon; false if that was to come already. */
    boolean watch(SentDraft sent) {
        synchronized (lock) {
            boolean first = !sent.done && !sent.watched;
            sent.watched = true;
            return first;
        }
    }

    /** The draft is looked at now. */
    void watched(SentDraft sent) {
        synchronized (lock) {
            sent.watched = false;
        }
    }

    /** Notes that the draft will be looked at some time; false if that was to come already. */
    boolean rest(SentDraft sent) {
        synchronized (lock) {
            boolean first = !sent.done && !sent.resting;
            sent.resting = true;
            return first;
        }
    }

    void wakeFromRest(SentDraft sent) {
        synchronized (lock) {
            sent.resting = false;
        }
    }

    /** The draft is in its stream. */
    void queued(SentDraft sent, Waiter waiter, String id) {
        synchronized (lock) {
            submitted(sent, waiter);
            if (sent.id.isEmpty() && !sent.done) {
                queued[sent.stream]++;
            }
            sent.id = id;
            if (settings.ackAt() == AckAt.QUEUE && sent.draft.kind() == EventKind.MESSAGE) {
                answer(sent, waiter, new Outcome.Queued(sent.settled));
            }
        }
        answers.tell();
    }

    /** The draft didn't get to its stream, or isn't known to have: for now, who waits is refused. */
    void notQueued(SentDraft sent, Waiter waiter, Outcome.Refused refusal) {
        synchronized (lock) {
            submitted(sent, waiter);
            answer(sent, waiter, waiter.flow.breakWith(refusal));
            forgetIfNowhere(sent);
        }
        answers.tell();
    }

    /** Refuses those who have waited for at least {@code age}; the draft may still come to the store. */
    void refuse(SentDraft sent, Duration age) {
        long now = scheduler.nanoTime();
        synchronized (lock) {
            for (Waiter waiter : List.copyOf(sent.waiters)) {
                if (now - waiter.since >= age.toNanos()) {
                    answer(sent, waiter, waiter.flow.breakWith(UNAVAILABLE));
                }
            }
            forgetIfNowhere(sent);
        }
        answers.tell();
    }

    /** Tells whether a draft is in that stream, as far as is known. */
    boolean isQueued(int stream) {
        synchronized (lock) {
            return queued[stream] > 0;
        }
    }

    /** What waited in the stream may be lost: whoever waits for it is refused, and nothing of theirs gets in before it. */
    void lost(int stream) {
        synchronized (lock) {
            List<SentDraft> all = byNumber.values().stream()
                    .filter(sent -> sent.stream == stream && !sent.id.isEmpty())
                    .toList();
            refuse(all);
        }
        answers.tell();
    }

    /** Guarded by lock. All flows break first: nothing of them gets in between. */
    private void refuse(List<SentDraft> all) {
        all.forEach(sent -> sent.waiters.forEach(waiter -> waiter.flow.breakWith(UNAVAILABLE)));
        for (SentDraft sent : all) {
            List.copyOf(sent.waiters).forEach(waiter -> answer(sent, waiter, waiter.flow.breakWith(UNAVAILABLE)));
        }
    }

    private void forgetIfNowhere(SentDraft sent) {
        if (sent.waiters.isEmpty() && sent.submissions == 0 && sent.id.isEmpty()) {
            forget(sent);
        }
    }

    private void forget(SentDraft sent) {
        if (!sent.done) {
            sent.done = true;
            if (!sent.id.isEmpty()) {
                queued[sent.stream]--;
            }
            byNumber.remove(sent.number);
            byKey.remove(SentDraft.Key.of(sent.draft), sent);
            bytes -= sent.draft.size();
        }
    }

    /** The outcome of a draft has come; nothing happens if it is known already. */
    void settle(long number, Outcome outcome) {
        @Nullable SentDraft sent;
        synchronized (lock) {
            sent = byNumber.get(number);
            if (sent == null) {
                return;
            }
            for (Waiter waiter : List.copyOf(sent.waiters)) {
                if (outcome instanceof Outcome.Refused refused && !refused.isFinal()) {
                    answer(sent, waiter, waiter.flow.breakWith(refused));
                } else {
                    answer(sent, waiter, outcome);
                }
            }
            forget(sent);
        }
        answers.tell();
        sent.settled.complete(outcome);
    }

    /** The drafts of those numbers, with a space behind each, have left their stream undecided: whoever waits for them is refused. */
    void givenUp(String numbers) {
        for (String number : numbers.split(" ", -1)) {
            if (!number.isEmpty()) {
                settle(Long.parseLong(number), UNAVAILABLE);
            }
        }
    }

    /** Guarded by lock. */
    private void answer(SentDraft sent, Waiter waiter, Outcome outcome) {
        sent.waiters.remove(waiter);
        answers.answer(waiter, outcome);
    }

    QueueStats stats(boolean accepting) {
        synchronized (lock) {
            boolean room = byNumber.size() < settings.maxDrafts() && bytes < settings.maxBytes();
            return new QueueStats(byNumber.size(), bytes, accepting && !draining && room);
        }
    }

    /** Takes nothing more; what is returned completes when nobody waits for an answer. */
    CompletableFuture<Void> drain() {
        synchronized (lock) {
            draining = true;
            return answers.nobodyWaits();
        }
    }

    /** Refuses all who wait, and what comes; who was told that a draft is queued learns no more of it. */
    void close() {
        List<SentDraft> all;
        synchronized (lock) {
            draining = true;
            all = List.copyOf(byNumber.values());
            refuse(all);
        }
        answers.tell();
        all.forEach(sent -> sent.settled.complete(UNAVAILABLE));
    }
}
