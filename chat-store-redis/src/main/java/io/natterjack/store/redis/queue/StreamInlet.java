package io.natterjack.store.redis.queue;

import io.natterjack.core.Outcome;
import io.natterjack.core.wire.DraftCodec;
import io.natterjack.store.redis.queue.SentDraft.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's way into one stream. One call at a time, with all that gathered during the one before: so nothing is on its way yet when a
 * draft before it turns out not to have found room.
 *
 * <p><b>Threads.</b> Any thread submits; answers come on Lettuce's threads. Bounded by what {@link SentDrafts} admits.
 */
final class StreamInlet {
    private static final int MAX_DRAFTS = 256;
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(StreamInlet.class);

    private record Submission(SentDraft sent, Waiter waiter, String text) {}

    private final int stream;
    private final QueueScripts scripts;
    private final SentDrafts drafts;
    private final Consumer<String> wake;
    private final Consumer<Boolean> reachable;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Deque<Submission> waiting = new ArrayDeque<>();
    private boolean calling;

    // One call at a time.
    private long calls;
    private long lastAdding;
    private String knownGivenUp = "";

    /**
     * Makes one.
     *
     * @param wake is told which node has something to do now
     * @param reachable is told of every call whether Redis answered
     */
    StreamInlet(
            int stream, QueueScripts scripts, SentDrafts drafts, Consumer<String> wake, Consumer<Boolean> reachable) {
        this.stream = stream;
        this.scripts = scripts;
        this.drafts = drafts;
        this.wake = wake;
        this.reachable = reachable;
    }

    void submit(SentDrafts.Admitted admitted) {
        String text = DraftCodec.encode(admitted.sent().draft);
        synchronized (lock) {
            waiting.add(new Submission(admitted.sent(), admitted.waiter(), text));
            if (calling) {
                return;
            }
            calling = true;
        }
        call();
    }

    private void call() {
        List<Submission> broken = new ArrayList<>();
        List<Submission> batch;
        synchronized (lock) {
            batch = take(broken);
            calling = !batch.isEmpty();
        }
        for (Submission each : broken) {
            drafts.notQueued(each.sent, each.waiter, each.waiter.flow.broken().orElse(SentDrafts.UNAVAILABLE));
        }
        if (!batch.isEmpty()) {
            List<QueueScripts.Added> added = batch.stream()
                    .map(each -> new QueueScripts.Added(drafts.idOf(each.sent), each.sent.number, each.text))
                    .toList();
            long call = ++calls;
            scripts.add(stream, drafts.isQueued(stream) ? lastAdding : 0, call, knownGivenUp, added)
                    .whenComplete((adding, failure) -> answered(batch, call, adding, failure));
        }
    }

    /** Guarded by lock. Those whose flow has broken since they came go into {@code broken}. */
    private List<Submission> take(List<Submission> broken) {
        List<Submission> taken = new ArrayList<>();
        long characters = 0;
        while (!waiting.isEmpty() && taken.size() < MAX_DRAFTS) {
            Submission next = waiting.element();
            if (!taken.isEmpty() && characters + next.text.length() > MAX_CHARACTERS) {
                break;
            }
            waiting.remove();
            if (next.waiter.flow.broken().isPresent()) {
                broken.add(next);
            } else {
                taken.add(next);
                characters += next.text.length();
            }
        }
        return taken;
    }

    private void answered(
            List<Submission> batch, long call, QueueScripts.@Nullable Adding adding, @Nullable Throwable failure) {
        reachable.accept(adding != null);
        if (adding != null && adding.bytes() != 0) {
            // Once the loss is known here, Redis needn't know of anything before.
            lastAdding = adding.isLost() ? 0 : call;
        }
        if (adding == null) {
            LOG.debug("Stream {} can't be reached; {} drafts are refused", stream, batch.size(), failure);
            refuse(batch, SentDrafts.UNAVAILABLE);
        } else if (adding.isLost()) {
            LOG.warn("Redis has lost what waited in stream {}; whoever waits for it has to send again", stream);
            batch.forEach(each -> each.waiter.flow.breakWith(SentDrafts.UNAVAILABLE));
            drafts.lost(stream);
            refuse(batch, SentDrafts.UNAVAILABLE);
        } else if (!adding.givenUp().isEmpty()) {
            drafts.givenUp(adding.givenUp());
            knownGivenUp = adding.givenUp();
            submitAgain(batch);
        } else {
            knownGivenUp = "";
            wake.accept(adding.owner());
            List<Submission> full = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                Submission each = batch.get(i);
                String id = adding.ids().get(i);
                if (id.isEmpty()) {
                    full.add(each);
                } else {
                    drafts.queued(each.sent, each.waiter, id);
                }
            }
            refuse(full, SentDrafts.BUSY);
        }
        call();
    }

    /** Those whose flow hasn't broken meanwhile go on, before all that came since. */
    private void submitAgain(List<Submission> batch) {
        List<Submission> lastFirst = new ArrayList<>(batch);
        Collections.reverse(lastFirst);
        synchronized (lock) {
            lastFirst.forEach(waiting::addFirst);
        }
    }

    /** All flows first: nothing of them gets in between. */
    private void refuse(List<Submission> refused, Outcome.Refused refusal) {
        refused.forEach(each -> each.waiter.flow.breakWith(refusal));
        refused.forEach(each -> drafts.notQueued(each.sent, each.waiter, refusal));
    }
}
